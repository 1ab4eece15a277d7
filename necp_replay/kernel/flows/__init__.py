"""The flows of a client: their viability, their callbacks, and what is assigned to them."""
