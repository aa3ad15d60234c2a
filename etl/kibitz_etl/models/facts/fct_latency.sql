-- fct_latency: what the server timed, minute by minute, as increments of logarithmic histograms.
--
-- window: batch
-- grain: one row per minute, subject, name and bucket
-- source: telemetry_latencies
-- columns:
--   id bigint: position in telemetry
--   minute_at timestamp: start of the minute, UTC
--   subject varchar: what was timed: route, event, action, commit, broadcast, loop_lag …
--   name varchar: which of them
--   bucket integer: floor(8 * log2(ms / 0.05)); its middle is 0.05 * 2^((bucket + 0.5) / 8) ms
--   n bigint: how many fell into it
-- touches:
--   minute_at: id
-- checks:
--   not null id, minute_at, subject, name, bucket, n
select
    id,
    make_timestamp(at_us) as minute_at,
    subject,
    name,
    try_cast(bucket as integer) as bucket,
    n
from telemetry_latencies
where
    at_us between 946684800000000 and 4102444800000000
    and bucket between 0 and 400
