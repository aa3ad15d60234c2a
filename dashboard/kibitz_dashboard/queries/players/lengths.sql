-- two buckets of the rollup make one column: four to the octave are as many as the eye can use
select
    0.05 * pow(2, bucket // 2 / 4.0) as from_ms,
    0.05 * pow(2, (bucket // 2 + 1) / 4.0) as to_ms,
    sum(n)::bigint as n
from agg_latency_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and subject = $subject
    and ($subject <> 'wait' or $game = '' or split_part(name, '/', 1) = $game)
group by bucket // 2
order by bucket // 2
