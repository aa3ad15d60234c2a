"""The event store: the only truth about rooms."""
