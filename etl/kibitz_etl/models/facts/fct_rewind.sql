-- fct_rewind: each time an admin took moves of a match back. What lies between does not count.
--
-- window: rooms
-- grain: one row per rewind
-- source: stg_room_events
-- columns:
--   room_id varchar: the room's public id
--   to_version bigint: the version that the match went back to
--   version bigint: the version of the rewind itself; what lies between the two was taken back
--   rewound_at timestamp: when it was done, UTC
--   first_seq bigint: journal position of the rewind
-- touches:
--   events: to_version
-- checks:
--   not null room_id, to_version, version, rewound_at
--   unique room_id, version
select
    room_id,
    to_version,
    version,
    occurred_at as rewound_at,
    seq as first_seq
from stg_room_events
where kind = 'rewound'
