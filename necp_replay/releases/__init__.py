"""What differs between XNU releases: data only."""
