-- fct_incident: what should not have happened, and healed by itself or did not.
--
-- window: batch
-- grain: one row per incident
-- source: telemetry_incidents
-- published: the 2000 incidents that are newest, by occurred_at
-- columns:
--   id bigint: position in telemetry
--   occurred_at timestamp: when, UTC
--   kind varchar: wrong_checksum, patch_failed, game_fault, commit_failed …
--   room_id varchar: the room
--   version bigint: the room's version
--   epoch varchar: the room's epoch
--   player_id varchar: whose client told it; null where none did
--   transport varchar: that client's transport; null where none did
--   detail varchar: more, as the server put it
-- touches:
--   occurred_at: id
-- checks:
--   not null id, occurred_at, kind
select
    id,
    make_timestamp(at_us) as occurred_at,
    kind,
    room_id,
    version,
    epoch,
    nullif(player_id, '') as player_id,
    nullif(transport, '') as transport,
    detail
from telemetry_incidents
where at_us between 946684800000000 and 4102444800000000
