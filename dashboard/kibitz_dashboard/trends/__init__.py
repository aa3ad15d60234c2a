"""What the Trends page makes of daily figures."""
