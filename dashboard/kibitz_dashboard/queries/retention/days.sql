select
    coalesce(sum(n_cohort) filter (where day_n = 1), 0)::bigint as n_one,
    coalesce(sum(n_retained) filter (where day_n = 1), 0)::bigint as back_one,
    coalesce(sum(n_cohort) filter (where day_n = 7), 0)::bigint as n_seven,
    coalesce(sum(n_retained) filter (where day_n = 7), 0)::bigint as back_seven,
    coalesce(sum(n_cohort) filter (where day_n = 14), 0)::bigint as n_fourteen,
    coalesce(sum(n_retained) filter (where day_n = 14), 0)::bigint as back_fourteen,
    coalesce(sum(n_cohort) filter (where day_n = 30), 0)::bigint as n_thirty,
    coalesce(sum(n_retained) filter (where day_n = 30), 0)::bigint as back_thirty
from agg_retention
where
    cohort_date >= $from_at::date and cohort_date < $to_at
    and game = $game and variant = $variant
