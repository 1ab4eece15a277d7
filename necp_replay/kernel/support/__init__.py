"""What the engine says of itself: every input and action, what it answers, how far it goes."""
