"""Network interfaces: the kernel's lists, what kind each one is, and their changes."""
