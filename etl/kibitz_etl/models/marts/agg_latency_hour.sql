-- agg_latency_hour: how long things took, as histograms that add up over hours and names. Buckets are
-- logarithmic, 8 to the octave from 0.05 ms: a percentile read from them is within 5 %.
--
-- window: hours
-- grain: one row per UTC hour, subject, name and bucket
-- source: fct_latency, fct_session, fct_wait, dim_room, fct_event
-- published: all
-- columns:
--   hour_at timestamp: start of the UTC hour
--   subject varchar: what was timed by the server (route, event, action, commit, broadcast, loop_lag …), or counted here: session (length of a person's session, by transport), wait (for a quick match, by game/result), fill (from a room's making to its first match, by game), think (what a person's clock was charged for an action, by game/phase/action)
--   name varchar: which of them
--   bucket integer: floor(8 * log2(ms / 0.05)); its middle is 0.05 * 2^((bucket + 0.5) / 8) ms
--   n bigint: how many fell into it
-- checks:
--   not null hour_at, subject, name, bucket, n
--   unique hour_at, subject, name, bucket
--   always bucket >= 0 and n >= 0
with timed as (
    select
        opened_at as happened_at,
        'session' as subject,
        transport as name,
        duration_ms as ms
    from fct_session
    where opened_at >= $from_at and opened_at < $to_at and player_id not like 'b\_%' escape '\'

    union all

    select
        ended_at as happened_at,
        'wait' as subject,
        game || '/' || result as name,
        wait_ms as ms
    from fct_wait
    where ended_at >= $from_at and ended_at < $to_at

    union all

    select
        first_started_at as happened_at,
        'fill' as subject,
        game as name,
        fill_ms as ms
    from dim_room
    where first_started_at >= $from_at and first_started_at < $to_at

    union all

    select
        occurred_at as happened_at,
        'think' as subject,
        game || '/' || coalesce(phase_from, '') || '/' || coalesce(action_type, '') as name,
        spent_ms as ms
    from fct_event
    where
        occurred_at >= $from_at and occurred_at < $to_at
        and kind = 'action' and not is_bot and spent_ms is not null
),

counted as (
    select
        date_trunc('hour', happened_at)::timestamp as hour_at,
        subject,
        name,
        floor(8 * log2(greatest(ms, 0.05) / 0.05))::integer as bucket,
        count(*) as n
    from timed
    group by all

    union all

    select
        date_trunc('hour', minute_at)::timestamp as hour_at,
        subject,
        name,
        bucket,
        n
    from fct_latency
    where minute_at >= $from_at and minute_at < $to_at
)

select
    hour_at,
    subject,
    name,
    bucket,
    sum(n)::bigint as n
from counted
group by hour_at, subject, name, bucket
