"""What the Features page makes of its rows."""
