-- What the server took, hour by hour.
select
    date_trunc('hour', minute_at)::timestamp as hour_at,
    avg(cpu_percent_avg) as cpu_percent_avg,
    max(cpu_percent_max) as cpu_percent_max,
    max(rss_bytes_max) as rss_bytes_max,
    max(websocket_max + polling_max) as connections_max,
    sum(moves)::bigint as n_moves
from agg_process_minute
where minute_at::date between $first and $last
group by date_trunc('hour', minute_at)
order by hour_at
