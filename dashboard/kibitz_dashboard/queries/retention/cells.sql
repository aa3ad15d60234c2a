-- a week's cell is there when it is closed for each of the week's cohorts: else its share would be of other people
with cohorts as (
    select
        if($grain = 'week', date_trunc('week', cohort_date)::date, cohort_date) as from_date,
        day_n,
        count(*) as n_cohorts,
        sum(n_cohort)::bigint as n_cohort,
        sum(n_retained)::bigint as n_retained
    from agg_retention
    where
        cohort_date >= $from_at::date and cohort_date < $to_at
        and game = $game and variant = $variant
    group by all
),

known as (
    select
        if($grain = 'week', date_trunc('week', first_seen_date)::date, first_seen_date) as from_date,
        count(distinct first_seen_date) as n_cohorts
    from dim_player
    where
        first_seen_date >= $from_at::date and first_seen_date < $to_at
        and not is_bot and ($game = '' or first_game = $game)
    group by all
)

select cohorts.from_date::timestamp as cohort_at, cohorts.day_n, cohorts.n_cohort, cohorts.n_retained
from cohorts
inner join known on cohorts.from_date = known.from_date and cohorts.n_cohorts >= known.n_cohorts
order by cohorts.from_date, cohorts.day_n
