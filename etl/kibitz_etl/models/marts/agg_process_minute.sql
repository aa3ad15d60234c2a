-- agg_process_minute: what the server's process used, and what went through it, minute by minute.
--
-- window: hours
-- grain: one row per UTC minute
-- source: fct_sample
-- published: the 64800 minutes that are newest, by minute_at
-- columns:
--   minute_at timestamp: start of the UTC minute
--   n_samples bigint: samples in the minute
--   cpu_percent_avg double: share of one core, mean, in percent
--   cpu_percent_max double: share of one core, highest sample, in percent
--   rss_bytes_avg bigint: memory held, mean
--   rss_bytes_max bigint: memory held, highest sample
--   websocket_avg double: connections by websocket, mean
--   websocket_max bigint: connections by websocket, highest sample
--   polling_avg double: connections by polling, mean
--   polling_max bigint: connections by polling, highest sample
--   descriptors_avg double: open file descriptors, mean
--   descriptors_max bigint: open file descriptors, highest sample
--   rooms_open_max bigint: rooms not closed, highest sample
--   rooms_playing_max bigint: rooms with a match on, highest sample
--   players_max bigint: players connected, highest sample
--   moves bigint: moves accepted
--   events bigint: events received
--   bytes_in bigint: bytes received
--   bytes_out bigint: bytes sent
--   cache_hits bigint: answers from the cache
--   cache_misses bigint: answers that the cache did not have
--   outbox_replaced bigint: patches that a newer one replaced before they left
--   outbox_dropped bigint: volatile messages dropped
--   outbox_closed bigint: connections closed for being slow
-- checks:
--   not null minute_at, n_samples
--   unique minute_at
select
    date_trunc('minute', sampled_at)::timestamp as minute_at,
    count(*) as n_samples,
    avg(cpu_percent) as cpu_percent_avg,
    max(cpu_percent) as cpu_percent_max,
    avg(rss_bytes)::bigint as rss_bytes_avg,
    max(rss_bytes) as rss_bytes_max,
    avg(websocket) as websocket_avg,
    max(websocket) as websocket_max,
    avg(polling) as polling_avg,
    max(polling) as polling_max,
    avg(descriptors) as descriptors_avg,
    max(descriptors) as descriptors_max,
    max(rooms_open) as rooms_open_max,
    max(rooms_playing) as rooms_playing_max,
    max(players) as players_max,
    sum(moves)::bigint as moves,
    sum(events)::bigint as events,
    sum(bytes_in)::bigint as bytes_in,
    sum(bytes_out)::bigint as bytes_out,
    sum(cache_hits)::bigint as cache_hits,
    sum(cache_misses)::bigint as cache_misses,
    sum(outbox_replaced)::bigint as outbox_replaced,
    sum(outbox_dropped)::bigint as outbox_dropped,
    sum(outbox_closed)::bigint as outbox_closed
from fct_sample
where sampled_at >= $from_at and sampled_at < $to_at
group by date_trunc('minute', sampled_at)
