"""Accepted outcomes as text that a person reviews, and where they are kept."""
