"""What the pages Players and Player make of their rows."""
