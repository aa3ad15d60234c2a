-- fct_feature: uses of features as the players' client tells them, batched.
--
-- window: batch
-- grain: one row per report of a player and feature
-- source: telemetry_features
-- columns:
--   id bigint: position in telemetry
--   used_at timestamp: when the report came, UTC
--   name varchar: the feature
--   player_id varchar: who used it
--   n_uses bigint: how often
-- touches:
--   used_at: id
-- checks:
--   not null id, used_at, name, player_id, n_uses
select
    id,
    make_timestamp(at_us) as used_at,
    name,
    player_id,
    count as n_uses
from telemetry_features
where at_us between 946684800000000 and 4102444800000000
