select
    coalesce(sum(n), 0)::bigint as n_actions,
    coalesce(sum(handled_us), 0)::bigint as handled_us,
    (
        select coalesce(sum(n), 0)::bigint from agg_action_hour
        where hour_at >= $from_at and hour_at < $to_at
    ) as n_all,
    (
        select coalesce(sum(n), 0)::bigint from agg_refusal_hour
        where hour_at >= $from_at and hour_at < $to_at
    ) as n_refused,
    (
        select coalesce(sum(n), 0)::bigint from agg_conflict_hour
        where hour_at >= $from_at and hour_at < $to_at
    ) as n_conflicts
from agg_action_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
