-- two buckets of the rollup make one column: four to the octave are as many as the eye can use
select
    0.05 * pow(2, bucket // 2 / 4.0) as from_ms,
    0.05 * pow(2, (bucket // 2 + 1) / 4.0) as to_ms,
    sum(n_matches)::bigint as n_matches
from agg_duration_hour
where
    hour_at >= $from_at and hour_at < $to_at
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
group by bucket // 2
order by bucket // 2
