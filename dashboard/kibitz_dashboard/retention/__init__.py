"""What the Retention page says of its cells."""
