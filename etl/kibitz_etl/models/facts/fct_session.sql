-- fct_session: each session: a realtime connection of a player, cut where nothing that the player did came for
-- 30 minutes, without the idle time. Noted by the server when it ended.
--
-- window: batch
-- grain: one row per session that ended
-- source: telemetry_sessions
-- columns:
--   id bigint: position in telemetry
--   ended_at timestamp: when it ended, UTC
--   opened_at timestamp: when it began, UTC
--   duration_ms bigint: from opened_at to ended_at, in milliseconds
--   session_id varchar: the connection's id; shared by the sessions on it
--   player_id varchar: the player
--   transport varchar: websocket or polling, as it was at the end
--   is_upgraded boolean: whether it began as polling and became a websocket
--   latency_ms bigint: ping to pong as last measured, in milliseconds; null where it never was
--   n_reconnects bigint: times it came back after a loss
--   n_actions bigint: actions that came over it
--   close_reason varchar: why the connection ended; idle where it went on
-- touches:
--   ended_at: id
--   opened_at: id
-- checks:
--   not null id, ended_at, opened_at, duration_ms, player_id
select
    id,
    make_timestamp(at_us) as ended_at,
    make_timestamp(case when opened_us between 946684800000000 and at_us then opened_us else at_us end) as opened_at,
    date_diff('millisecond', opened_at, ended_at) as duration_ms,
    session_id,
    player_id,
    transport,
    upgraded = 1 as is_upgraded,
    nullif(latency_ms, -1) as latency_ms,
    reconnects as n_reconnects,
    acts as n_actions,
    close_reason
from telemetry_sessions
where at_us between 946684800000000 and 4102444800000000
