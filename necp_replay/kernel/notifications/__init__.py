"""What the rest of the kernel calls in the client subsystem, one file per notification."""
