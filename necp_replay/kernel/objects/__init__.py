"""One kernel struct per file."""
