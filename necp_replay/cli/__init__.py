"""The command line: one file per command, each only translating to and from the library."""
