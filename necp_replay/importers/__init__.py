"""Traces made from what other tools measured or recorded."""
