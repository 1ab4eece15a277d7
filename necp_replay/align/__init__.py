"""Two long sequences aligned as they are read; knows nothing of what their elements are."""
