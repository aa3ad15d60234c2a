-- fct_refusal: requests, events and actions that were refused, by code.
--
-- window: batch
-- grain: one row per flush of the server and code
-- source: telemetry_refusals
-- columns:
--   id bigint: position in telemetry
--   refused_at timestamp: when, to the second or so, UTC
--   code varchar: the refusal's code
--   n bigint: how many
-- touches:
--   refused_at: id
-- checks:
--   not null id, refused_at, code, n
select
    id,
    make_timestamp(at_us) as refused_at,
    code,
    count as n
from telemetry_refusals
where at_us between 946684800000000 and 4102444800000000
