"""What every room of a server shares, and what rooms ask of those around them."""
