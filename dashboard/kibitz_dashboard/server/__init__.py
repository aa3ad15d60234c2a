"""What the server says of itself, by its admin REST."""
