-- fct_conflict: actions that were made on an older version than the server had, and what became of them.
--
-- window: batch
-- grain: one row per conflict
-- source: telemetry_conflicts
-- columns:
--   id bigint: position in telemetry
--   met_at timestamp: when, UTC
--   room_id varchar: the room
--   player_id varchar: who acted
--   client_version bigint: the version that the player saw
--   server_version bigint: the version that the room had
--   type varchar: the action's type, or the policy's name for it
--   resolution varchar: what was decided
-- touches:
--   met_at: id
-- checks:
--   not null id, met_at, type, resolution
select
    id,
    make_timestamp(at_us) as met_at,
    room_id,
    player_id,
    client_version,
    server_version,
    type,
    resolution
from telemetry_conflicts
where at_us between 946684800000000 and 4102444800000000
