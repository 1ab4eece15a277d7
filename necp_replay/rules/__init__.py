"""What a project says in its reviewed file: where things are, which differences it expects."""
