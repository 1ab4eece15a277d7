"""What a process can do with a policy session: one file per action."""
