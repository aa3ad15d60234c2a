-- fct_wait: each wait for a quick match, noted when it ended.
--
-- window: batch
-- grain: one row per wait that ended
-- source: telemetry_waits
-- columns:
--   id bigint: position in telemetry
--   ended_at timestamp: when it ended, UTC
--   player_id varchar: who waited
--   game varchar: for which game
--   result varchar: matched, bots or cancelled
--   wait_ms bigint: how long, in milliseconds
--   room_id varchar: the room it led to; null where it was cancelled
-- touches:
--   ended_at: id
-- checks:
--   not null id, ended_at, player_id, game, result, wait_ms
select
    id,
    make_timestamp(at_us) as ended_at,
    player_id,
    game,
    result,
    greatest(0, (at_us - entered_us) // 1000) as wait_ms,
    nullif(room_id, '') as room_id
from telemetry_waits
where at_us between 946684800000000 and 4102444800000000
