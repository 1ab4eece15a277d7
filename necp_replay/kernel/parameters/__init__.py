"""A client's parameters: their TLVs parsed, and the interface they ask for."""
