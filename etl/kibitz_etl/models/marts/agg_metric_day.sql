-- agg_metric_day: the daily figures that trends and reports are computed from, in one long table. A figure of
-- nothing has no row: no matches, no rate.
--
-- window: days, and the 29 after each
-- grain: one row per UTC day, metric and game, and over all games where game is empty
-- source: agg_active_day, agg_room_hour, agg_match_hour, agg_duration_hour, agg_latency_hour, agg_concurrent_hour, agg_error_hour, agg_refusal_hour, agg_session_day
-- published: all
-- columns:
--   metric_date date: the UTC day
--   metric varchar: dau, wau, mau, n_new, n_rooms, n_matches, n_moves, n_sessions, rooms_peak, finish_rate, abandon_rate, duration_p50_ms, think_p50_ms, wait_p50_ms, fill_p50_ms, session_p50_ms, act_p95_ms (of the socket event `act`), errors or refusals; n_matches are those that ended; `_ms` in milliseconds, `_rate` from 0 to 1
--   game varchar: the game's name; empty for all games together
--   value double: the figure
--   n bigint: how many cases are behind it: people, matches, moves …
-- checks:
--   not null metric_date, metric, game, value, n
--   unique metric_date, metric, game
--   always n >= 0
with actives as (
    select
        activity_date as metric_date,
        game,
        unnest(['dau', 'wau', 'mau', 'n_new']) as metric,
        unnest([dau, wau, mau, n_new])::double as value,
        unnest([dau, wau, mau, dau]) as n
    from agg_active_day
    where activity_date >= $from_date and activity_date < $to_date
),

rooms as (
    select
        hour_at::date as metric_date,
        coalesce(game, '') as game,
        unnest(['n_rooms', 'n_moves']) as metric,
        unnest([sum(n_rooms_created), sum(n_moves)])::double as value,
        unnest([sum(n_rooms_created), sum(n_moves)])::bigint as n
    from agg_room_hour
    where hour_at >= $from_at and hour_at < $to_at
    group by hour_at::date, grouping sets ((game), ())
),

endings as (
    select
        hour_at::date as metric_date,
        coalesce(game, '') as game,
        sum(n_matches) as n,
        sum(n_matches) filter (where outcome_kind = 'abandoned') as n_abandoned
    from agg_match_hour
    where hour_at >= $from_at and hour_at < $to_at
    group by hour_at::date, grouping sets ((game), ())
),

rates as (
    select
        metric_date,
        game,
        unnest(['n_matches', 'finish_rate', 'abandon_rate']) as metric,
        unnest([n::double, 1 - coalesce(n_abandoned, 0) / n, coalesce(n_abandoned, 0) / n]) as value,
        n::bigint as n
    from endings
),

peaks as (
    select
        hour_at::date as metric_date,
        game,
        'rooms_peak' as metric,
        max(rooms_peak)::double as value,
        max(rooms_peak) as n
    from agg_concurrent_hour
    where hour_at >= $from_at and hour_at < $to_at
    group by hour_at::date, game
),

buckets as (
    select
        hour_at::date as metric_date,
        game,
        'duration_p50_ms' as metric,
        0.5 as share,
        bucket,
        n_matches as n
    from agg_duration_hour
    where hour_at >= $from_at and hour_at < $to_at

    union all

    select
        hour_at::date as metric_date,
        -- these are named game/…; the others stand for no game
        if(subject in ('think', 'wait', 'fill'), split_part(name, '/', 1), null) as game,
        if(subject = 'event', 'act_p95_ms', subject || '_p50_ms') as metric,
        if(subject = 'event', 0.95, 0.5) as share,
        bucket,
        n
    from agg_latency_hour
    where
        hour_at >= $from_at and hour_at < $to_at
        and (subject in ('think', 'wait', 'fill', 'session') or (subject = 'event' and name = 'act'))
),

summed as (
    select
        metric_date,
        coalesce(game, '') as game,
        metric,
        share,
        bucket,
        sum(n) as n
    from buckets
    group by metric_date, metric, share, bucket, grouping sets ((game), ())
    -- what has no game of its own is in the row over all games only
    having grouping(game) = 1 or game is not null
),

ranked as (
    select
        *,
        sum(n) over (partition by metric_date, game, metric order by bucket) as up_to,
        sum(n) over (partition by metric_date, game, metric) as total
    from summed
),

percentiles as (
    select
        metric_date,
        game,
        metric,
        min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (where up_to >= share * total) as value,
        max(total)::bigint as n
    from ranked
    group by metric_date, game, metric
),

others as (
    select
        hour_at::date as metric_date,
        'errors' as metric,
        sum(n) as n
    from agg_error_hour
    where hour_at >= $from_at and hour_at < $to_at
    group by hour_at::date

    union all

    select
        hour_at::date,
        'refusals',
        sum(n)
    from agg_refusal_hour
    where hour_at >= $from_at and hour_at < $to_at
    group by hour_at::date

    union all

    select
        session_date,
        'n_sessions',
        n_sessions
    from agg_session_day
    where session_date >= $from_date and session_date < $to_date
)

select metric_date, metric, game, value, n from actives
union all
select metric_date, metric, game, value, n from rooms
union all
select metric_date, metric, game, value, n from rates
union all
select metric_date, metric, game, value, n from peaks
union all
select metric_date, metric, game, value, n from percentiles
union all
select metric_date, metric, '' as game, n::double as value, n::bigint as n from others
