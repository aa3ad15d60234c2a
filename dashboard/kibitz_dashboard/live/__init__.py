"""What is going on at this moment."""
