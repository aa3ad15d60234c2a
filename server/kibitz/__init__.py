"""Kibitz: runs multiplayer browser games and watches them."""

__version__ = "0.1.0"
