"""Measuring: seeded workloads, and what it costs to write, read and replay them."""
