"""Questions that an admin types."""
