-- two buckets of the rollup make one column: four to the octave are as many as the eye can use,
-- whatever took less than a second is in the first
select
    0.05 * pow(2, greatest(bucket // 2, 57) / 4.0) as from_ms,
    0.05 * pow(2, (greatest(bucket // 2, 57) + 1) / 4.0) as to_ms,
    sum(n)::bigint as n
from agg_latency_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and subject = $subject
    and ($subject <> 'wait' or $game = '' or split_part(name, '/', 1) = $game)
group by greatest(bucket // 2, 57)
order by greatest(bucket // 2, 57)
