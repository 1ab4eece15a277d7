"""Pseudonyms for whatever in a trace tells of people: names, ids, domains, accounts, addresses."""
