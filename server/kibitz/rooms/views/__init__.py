"""What viewers see of a room's states and events."""
