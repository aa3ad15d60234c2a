-- agg_transport_day: connections of players, bots among them, by transport and by why they ended. One that was idle in
-- between counts once, by the day on which its last session began.
--
-- window: days
-- grain: one row per UTC day on which they began, transport and reason of the end
-- source: fct_session
-- published: all
-- columns:
--   session_date date: the UTC day on which they, or the last session on them, began
--   transport varchar: websocket or polling, as it was at the end
--   close_reason varchar: why they ended
--   n_sessions bigint: connections
--   n_upgraded bigint: of these, the ones that began as polling
-- checks:
--   not null session_date, transport, close_reason, n_sessions
--   unique session_date, transport, close_reason
select
    opened_at::date as session_date,
    transport,
    close_reason,
    count(*) as n_sessions,
    count(*) filter (where is_upgraded) as n_upgraded
from fct_session
where opened_at >= $from_at and opened_at < $to_at and close_reason <> 'idle'
group by opened_at::date, transport, close_reason
