-- agg_session_day: people's sessions by the day on which they began: connections, cut at 30 idle minutes. Bots have
-- none.
--
-- window: days
-- grain: one row per UTC day
-- source: fct_session
-- published: all
-- columns:
--   session_date date: the UTC day on which the sessions began
--   n_sessions bigint: sessions
--   n_players bigint: different players
--   duration_ms bigint: how long they lasted together, in milliseconds
--   n_actions bigint: actions that came over them
--   n_reconnects bigint: times they came back after a loss
--   latency_ms_sum bigint: measured latencies added up, in milliseconds
--   n_latency bigint: sessions with a measured latency
-- checks:
--   not null session_date, n_sessions, n_players, duration_ms
--   unique session_date
--   always n_players <= n_sessions
select
    opened_at::date as session_date,
    count(*) as n_sessions,
    count(distinct player_id) as n_players,
    sum(duration_ms)::bigint as duration_ms,
    sum(n_actions)::bigint as n_actions,
    sum(n_reconnects)::bigint as n_reconnects,
    coalesce(sum(latency_ms), 0)::bigint as latency_ms_sum,
    count(latency_ms) as n_latency
from fct_session
where opened_at >= $from_at and opened_at < $to_at and player_id not like 'b\_%' escape '\'
group by opened_at::date
