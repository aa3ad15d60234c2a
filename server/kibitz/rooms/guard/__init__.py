"""Calls of game code: guarded, counted when they fail, kept out of play when they kill."""
