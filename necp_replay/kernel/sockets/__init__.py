"""Sockets and multipath blocks: their fields, their registration as flows, their attributes."""
