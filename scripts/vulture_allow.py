"""Names that are used only from outside the Python that vulture reads."""

# Fields that exist for the wire: REST and Socket.IO answers, read by clients.
_.seats_least
_.seats_most
_.has_bots
_.created_at_ms
_.last_event_at_ms
_.expires_at_ms
_.ended_ms
_.server_ms
_.schema_version
_.options_schema
_.realtime
_.host_name

# Columns of telemetry.sqlite, written as whole records.
_.close_reason
_.cpu_percent
_.rooms_playing
_.outbox_replaced
_.outbox_dropped
_.outbox_closed
_.cache_hits
_.cache_misses

# Counters that a scrape reads by their names.
_.commit_us_sum
_.snapshot_failures
_.wal_pages

_.handshakes_refused
_.sessions_opened
_.slow_bytes

# A field that is written to the wire, and one that tests print with all the others.
_.timestamp_ms
_.moves_to_other_transport

# What aiohttp keeps in its answers, and asks of a transport and a loop.
_._keep_alive
_._body_length
_._eof_sent
_.writelines
_.get_write_buffer_limits
_.create_unix_connection

# Games that servers load by their name.
_.Deadly
_.Reversi

# Called by frameworks by name: hatchling, uvicorn, http.server, html.parser.
_.ClientBuildHook
_.dependencies
_.initialize
_.build_data
_.capture_signals
_.should_exit
_.do_GET
_.do_POST
_.do_DELETE
_.handle_starttag
_.log_message
_.daemon_threads

# Brains that worker processes load by their name.
_.talkative
_.hanging
_.bluff

# Part of a planted game's state, which is all that matters about it.
_.suits

# A migration that a test decorates, and a table that a test takes by name.
_._two
_.features
_.uses_pages_directory  # Streamlit reads it
