"""Rooms: one writer each, folded from the journal. Knows no socket and names no game."""
