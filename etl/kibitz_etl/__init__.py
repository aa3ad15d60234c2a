"""Folds the journal into the warehouse and publishes marts for the dashboard.

Reads only the journal's published view `events_v1`, and imports nothing of the server.
"""
