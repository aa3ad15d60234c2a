"""A match that ticks: its timeline, its journal rows and its bots."""
