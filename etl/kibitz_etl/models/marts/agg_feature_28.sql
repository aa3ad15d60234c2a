-- agg_feature_28: over the last 28 days that are over, on how many days people used a feature, and on how many
-- they were active at all.
--
-- window: closed
-- grain: one row per feature, days used and days active
-- source: fct_feature, agg_player_day
-- published: all
-- columns:
--   name varchar: the feature
--   days_used integer: days of the 28 on which they used it
--   days_active integer: days of the 28 on which they used it, took a seat or acted
--   n_users bigint: players with just so many of both
-- checks:
--   not null name, days_used, days_active, n_users
--   unique name, days_used, days_active
--   always days_used between 1 and days_active
with uses as (
    select distinct
        name,
        player_id,
        used_at::date as day
    from fct_feature
    where used_at >= $closed_before::date - 28 and used_at < $closed_before
),

active as (
    select
        player_id,
        count(distinct day)::integer as days_active
    from (
        select player_id, day
        from uses

        union all

        select player_id, activity_date as day
        from agg_player_day
        where
            is_active
            and activity_date >= $closed_before::date - 28 and activity_date < $closed_before
            and player_id in (select player_id from uses)
    )
    group by player_id
),

used as (
    select
        name,
        player_id,
        count(*)::integer as days_used
    from uses
    group by name, player_id
)

select
    used.name,
    used.days_used,
    active.days_active,
    count(*) as n_users
from used
inner join active on used.player_id = active.player_id
group by used.name, used.days_used, active.days_active
