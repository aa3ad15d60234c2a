-- What failed, and what was refused, in the period and in the one that it is compared with.
with all_of_them as (
    select
        hour_at,
        kind || ' ' || name as what,
        'error' as class,
        n
    from agg_error_hour

    union all

    select
        hour_at,
        code,
        'refusal',
        n
    from agg_refusal_hour

    union all

    select
        hour_at,
        kind,
        'incident',
        n
    from agg_incident_hour
)

select
    class,
    what,
    coalesce(sum(n) filter (where hour_at::date between $first and $last), 0)::bigint as n,
    coalesce(sum(n) filter (where hour_at::date between $before_first and $before_last), 0)::bigint as n_before
from all_of_them
where hour_at::date between $first and $last or hour_at::date between $before_first and $before_last
group by class, what
order by n desc, class, what
limit 30
