"""Who plays and who administers: guests, bots, admins, their sessions, one-time links, the audit log."""
