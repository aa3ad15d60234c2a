"""The reports on disk."""
