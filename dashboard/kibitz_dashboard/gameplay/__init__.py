"""What the Gameplay page makes of its rows."""
