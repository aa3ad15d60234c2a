-- Days of the period that were off by more than chance, by more than a fifth, and on enough cases.
select
    metric_date,
    metric,
    game,
    value,
    expected,
    z,
    change,
    n
from anomaly
where metric_date between $first and $last
order by abs(z) desc, metric_date, metric, game
limit 25
