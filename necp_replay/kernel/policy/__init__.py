"""Policies: the database that sessions fill, and matching what clients ask against it."""
