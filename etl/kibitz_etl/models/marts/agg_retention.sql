-- agg_retention: of the people who were first active on a day, how many were active again so many days later.
-- Only days that are over count, and only cells that are closed are here: a cohort whose day N is not over yet
-- has no row for N. Variants: `classic` active on day N; `rolling` active on day N or later; `hours24` active in
-- the N-th 24 hours after the hour of the first activity; `bracket` active on any of the days 1 to 7, 8 to 14 or
-- 15 to 30, under the last of them; `zone` classic by the days of the ETL's own zone, where that is not UTC.
--
-- window: closed
-- grain: one row per cohort, game that was played first (and over all where game is empty), variant and day N
-- source: agg_player_hour, agg_player_day, dim_player
-- published: all
-- columns:
--   cohort_date date: the UTC day of the first activity; for `zone` the day there
--   game varchar: the game that was played first; empty for all together
--   variant varchar: classic, rolling, hours24, bracket or zone
--   day_n integer: the day after the first, 0 for the first day itself
--   n_cohort bigint: people in the cohort
--   n_retained bigint: of these, the ones who were active
-- checks:
--   not null cohort_date, game, variant, day_n, n_cohort, n_retained
--   unique cohort_date, game, variant, day_n
--   accepted variant in ('classic', 'rolling', 'hours24', 'bracket', 'zone')
--   always n_retained between 0 and n_cohort
with people as (
    select
        player_id,
        first_game,
        first_seen_date as cohort_date,
        date_trunc('hour', first_seen_at)::timestamp as first_hour_at,
        (first_seen_at at time zone 'UTC' at time zone $zone)::date as zone_date
    from dim_player
    where not is_bot and first_seen_date < $closed_before
),

days as (
    select distinct
        agg_player_day.player_id,
        agg_player_day.activity_date - people.cohort_date as day_n
    from agg_player_day
    inner join people on agg_player_day.player_id = people.player_id
    where agg_player_day.is_active and agg_player_day.activity_date < $closed_before
),

hours as (
    select distinct
        agg_player_hour.player_id,
        agg_player_hour.hour_at
    from agg_player_hour
    inner join people on agg_player_hour.player_id = people.player_id
    where
        agg_player_hour.hour_at < $closed_before
        and agg_player_hour.hour_at < people.first_hour_at + interval 92 day
),

-- who was active at which distance, in each variant
active as (
    select
        'classic' as variant,
        player_id,
        day_n
    from days
    where day_n <= 90

    union all

    select
        'rolling',
        player_id,
        unnest(generate_series(0, least(90, max(day_n))))
    from days
    group by player_id

    union all

    select distinct
        'bracket',
        player_id,
        case when day_n <= 7 then 7 when day_n <= 14 then 14 else 30 end
    from days
    where day_n between 1 and 30

    union all

    select distinct
        'hours24',
        hours.player_id,
        date_diff('hour', people.first_hour_at, hours.hour_at) // 24
    from hours
    inner join people on hours.player_id = people.player_id

    union all

    select distinct
        'zone',
        hours.player_id,
        (hours.hour_at at time zone 'UTC' at time zone $zone)::date - people.zone_date
    from hours
    inner join people on hours.player_id = people.player_id
    where $zone <> 'UTC'
),

cohorts as (
    select
        variants.variant,
        case when variants.variant = 'zone' then people.zone_date else people.cohort_date end as cohort_date,
        coalesce(people.first_game, '') as game,
        count(*) as n_cohort
    from people
    cross join (
        select unnest(['classic', 'rolling', 'hours24', 'bracket', 'zone']) as variant
    ) as variants
    where variants.variant <> 'zone' or $zone <> 'UTC'
    group by
        variants.variant,
        case when variants.variant = 'zone' then people.zone_date else people.cohort_date end,
        grouping sets ((people.first_game), ())
),

retained as (
    select
        active.variant,
        case when active.variant = 'zone' then people.zone_date else people.cohort_date end as cohort_date,
        coalesce(people.first_game, '') as game,
        active.day_n,
        count(*) as n_retained
    from active
    inner join people on active.player_id = people.player_id
    group by
        active.variant,
        case when active.variant = 'zone' then people.zone_date else people.cohort_date end,
        active.day_n,
        grouping sets ((people.first_game), ())
),

cells as (
    select
        *,
        unnest(if(variant = 'bracket', [7, 14, 30], generate_series(0, 90))) as day_n
    from cohorts
)

select
    cells.cohort_date,
    cells.game,
    cells.variant,
    cells.day_n::integer as day_n,
    cells.n_cohort,
    coalesce(retained.n_retained, 0) as n_retained
from cells
left join retained
    on cells.variant = retained.variant
    and cells.cohort_date = retained.cohort_date
    and cells.game = retained.game
    and cells.day_n = retained.day_n
where
    case cells.variant
        -- the whole of the cohort must have had its N-th 24 hours
        when 'hours24' then cells.cohort_date + interval 1 day + to_days((cells.day_n + 1)::integer) <= $closed_before
        when 'zone' then (cells.cohort_date + (cells.day_n + 1)::integer)::timestamp
            at time zone $zone at time zone 'UTC' <= $closed_before
        else cells.cohort_date + cells.day_n::integer < $closed_before
    end
