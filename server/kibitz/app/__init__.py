"""Builds all objects from the settings and hands them down; start, drain, stop."""
