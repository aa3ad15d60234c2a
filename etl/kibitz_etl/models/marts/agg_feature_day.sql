-- agg_feature_day: the use of features, day by day.
--
-- window: days
-- grain: one row per UTC day and feature
-- source: fct_feature, dim_feature_user
-- published: all
-- columns:
--   feature_date date: the UTC day
--   name varchar: the feature
--   n_users bigint: different players who used it
--   n_uses bigint: uses
--   n_first_users bigint: of the players, the ones who had never used it before
-- checks:
--   not null feature_date, name, n_users, n_uses, n_first_users
--   unique feature_date, name
--   always n_first_users <= n_users and n_users <= n_uses
with first_users as (
    select
        first_used_at::date as feature_date,
        name,
        count(*) as n_first_users
    from dim_feature_user
    where first_used_at >= $from_at and first_used_at < $to_at
    group by first_used_at::date, name
),

uses as (
    select
        used_at::date as feature_date,
        name,
        count(distinct player_id) as n_users,
        sum(n_uses)::bigint as n_uses
    from fct_feature
    where used_at >= $from_at and used_at < $to_at
    group by used_at::date, name
)

select
    uses.feature_date,
    uses.name,
    uses.n_users,
    uses.n_uses,
    coalesce(first_users.n_first_users, 0) as n_first_users
from uses
left join first_users on uses.feature_date = first_users.feature_date and uses.name = first_users.name
