-- fct_error: errors of the server by kind and name, minute by minute.
--
-- window: batch
-- grain: one row per minute, kind and name
-- source: telemetry_errors
-- columns:
--   id bigint: position in telemetry
--   minute_at timestamp: start of the minute, UTC
--   kind varchar: http, exception, commit, transport …
--   name varchar: which of them
--   n bigint: how many
-- touches:
--   minute_at: id
-- checks:
--   not null id, minute_at, kind, name, n
select
    id,
    make_timestamp(at_us) as minute_at,
    kind,
    name,
    count as n
from telemetry_errors
where at_us between 946684800000000 and 4102444800000000
