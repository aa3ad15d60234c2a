-- Of those who came first in the eight weeks before the period's end: how many were active again on that very
-- day after. Only days that are over for the whole cohort are counted.
select
    day_n,
    sum(n_cohort)::bigint as n_cohort,
    sum(n_retained)::bigint as n_retained
from agg_retention
where
    game = '' and variant = 'classic' and day_n in (1, 3, 7, 14, 28)
    and cohort_date between $last - 55 and $last
    and cohort_date + day_n <= $last
group by day_n
order by day_n
