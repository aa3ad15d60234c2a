"""What a room has appended: what of it is committed, which acts it knows, and reading it back."""
