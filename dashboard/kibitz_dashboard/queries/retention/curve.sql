select
    day_n,
    sum(n_cohort)::bigint as n_cohort,
    sum(n_retained)::bigint as n_retained
from agg_retention
where
    cohort_date >= $from_at::date and cohort_date < $to_at
    and game = $game and variant = $variant and day_n <= 90
group by day_n
order by day_n
