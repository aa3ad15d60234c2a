"""One room, from its events."""
