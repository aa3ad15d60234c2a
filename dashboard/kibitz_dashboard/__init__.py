"""The admins' dashboard: reads published marts, one room's events from the journal, and the admin REST.

It writes nothing anywhere, and imports nothing of the server or of the ETL.
"""
