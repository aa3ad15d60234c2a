"""What knows all rooms of a server: making, finding, loading and shelving them."""
