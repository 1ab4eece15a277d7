"""How people and machines see what a run found."""
