"""System calls of the subsystem, and the operations of its file descriptors."""
