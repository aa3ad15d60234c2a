"""Questions to begin with."""

EXAMPLES = {
    "Rooms that changed last": (
        "select room_id, game, status, n_people, n_moves, last_event_at\n"
        "from dim_room\norder by last_event_at desc\nlimit 50"
    ),
    "Matches a day, by game": (
        "select hour_at::date as day, game, sum(n_matches) as n_matches\n"
        "from agg_match_hour\ngroup by all\norder by day desc, n_matches desc"
    ),
    "Slowest rooms": (
        "select room_id, game, n_actions, handled_us / n_actions as us_per_action, handled_us_max\n"
        "from dim_room\nwhere n_actions > 0\norder by us_per_action desc\nlimit 50"
    ),
    "p95 of each action": (
        "with k as (\n"
        "    select name, bucket, sum(sum(n)) over (partition by name order by bucket) as up_to,\n"
        "        sum(sum(n)) over (partition by name) as n\n"
        "    from agg_latency_hour\n    where subject = 'action'\n    group by name, bucket\n)\n"
        "select name, max(n) as n,\n"
        "    min(0.05 * pow(2, (bucket + 0.5) / 8)) filter (up_to >= 0.95 * n) as p95_ms\n"
        "from k\ngroup by name\norder by p95_ms desc"
    ),
    "Busiest hours": (
        "select hour_at, rooms_peak, matches_peak, players_peak\n"
        "from agg_concurrent_hour\nwhere game = ''\norder by players_peak desc\nlimit 24"
    ),
    "What this mart is": "select * from meta",
}
