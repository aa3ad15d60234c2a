-- on steps: core/steps
with samples as (
    select
        date_trunc($step, minute_at)::timestamp as at,
        avg(cpu_percent_avg) as cpu_avg,
        max(cpu_percent_max) as cpu_max,
        avg(rss_bytes_avg) as rss_avg,
        max(rss_bytes_max) as rss_max,
        max(websocket_max) as websocket_max,
        max(polling_max) as polling_max
    from agg_process_minute
    where minute_at >= $from_at and minute_at < $to_at
    group by date_trunc($step, minute_at)
)

select
    if($step = 'hour', timezone($zone, timezone('UTC', steps.at)), steps.at) as at,
    samples.cpu_avg,
    samples.cpu_max,
    samples.rss_avg,
    samples.rss_max,
    samples.websocket_max,
    samples.polling_max
from steps
left join samples on steps.at = samples.at
order by steps.at
