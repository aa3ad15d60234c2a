-- every hour or day of the period, also the ones in which nothing happened
select unnest(generate_series(
    date_trunc($step, $from_at::timestamp)::timestamp,
    $to_at::timestamp - interval 1 microsecond,
    to_hours(if($step = 'hour', 1, 24))
)) as at
