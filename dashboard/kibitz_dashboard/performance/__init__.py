"""What the Performance page makes of its rows."""
