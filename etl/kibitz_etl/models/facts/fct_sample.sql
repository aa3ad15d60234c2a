-- fct_sample: what the server's process used, and what went through it, every 10 seconds.
--
-- window: batch
-- grain: one row per sample
-- source: telemetry_samples
-- columns:
--   id bigint: position in telemetry
--   sampled_at timestamp: when it was taken, UTC
--   cpu_percent double: share of one core since the last sample, in percent
--   rss_bytes bigint: memory held
--   descriptors bigint: open file descriptors
--   websocket bigint: connections by websocket
--   polling bigint: connections by polling
--   rooms_open bigint: rooms that are not closed
--   rooms_playing bigint: rooms in which a match is on
--   players bigint: players connected
--   bytes_in bigint: bytes received since the last sample
--   bytes_out bigint: bytes sent since the last sample
--   events bigint: events received since the last sample
--   moves bigint: moves accepted since the last sample
--   outbox_replaced bigint: patches that a newer one replaced before they left
--   outbox_dropped bigint: volatile messages dropped
--   outbox_closed bigint: connections closed for being slow
--   cache_hits bigint: answers from the cache
--   cache_misses bigint: answers that the cache did not have
-- touches:
--   sampled_at: id
-- checks:
--   not null id, sampled_at
select
    id,
    make_timestamp(at_us) as sampled_at,
    cpu_percent,
    rss_bytes,
    descriptors,
    websocket,
    polling,
    rooms_open,
    rooms_playing,
    players,
    bytes_in,
    bytes_out,
    events,
    moves,
    outbox_replaced,
    outbox_dropped,
    outbox_closed,
    cache_hits,
    cache_misses
from telemetry_samples
where at_us between 946684800000000 and 4102444800000000
