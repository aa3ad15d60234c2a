-- the rooms that the page's controls and the link that led to it leave over
select *
from dim_room
where
    case $about
        when 'created' then created_at >= $from_at and created_at < $to_at
        when 'started' then first_started_at >= $from_at and first_started_at < $to_at
        when 'closed' then closed_at >= $from_at and closed_at < $to_at
        else last_event_at >= $from_at and created_at < $to_at
    end
    and (
        $outcome = ''
        or last_outcome_kind = $outcome
        or ($outcome = 'abandoned' and status = 'closed' and n_matches > n_finished)
    )
    -- the hours in which the room was there, as far as they lie in the period
    and (
        ($weekday = -1 and $hour = -1 and $from_hour = -1)
        or len(list_filter(
            generate_series(
                date_trunc('hour', case when $about = 'closed' then closed_at else greatest(created_at, $from_at) end),
                case $about
                    when 'created' then created_at
                    when 'started' then first_started_at
                    else least(last_event_at, $to_at::timestamp - interval 1 microsecond)
                end,
                interval 1 hour
            ),
            lambda each_at: ($weekday = -1 or isodow(timezone($zone, timezone('UTC', each_at))) = $weekday)
                and ($hour = -1 or hour(timezone($zone, timezone('UTC', each_at))) = $hour)
                and ($from_hour = -1 or hour(each_at) = $from_hour)
        )) > 0
    )
    and ($status = 'all' or status = $status or ($status = 'open' and status <> 'closed'))
    and ($game = '' or game = $game)
    and ($bots = 'all' or has_bots = ($bots = 'with'))
