select 'refused' as what, code as reason, sum(n)::bigint as n
from agg_refusal_hour
where hour_at >= $from_at and hour_at < $to_at
group by code
union all
select 'conflict' as what, type || ', ' || resolution as reason, sum(n)::bigint as n
from agg_conflict_hour
where hour_at >= $from_at and hour_at < $to_at
group by type, resolution
order by n desc, what, reason
