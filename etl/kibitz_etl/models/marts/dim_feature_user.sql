-- dim_feature_user: who used which feature first when.
--
-- window: players
-- grain: one row per feature and player
-- source: fct_feature
-- columns:
--   name varchar: the feature
--   player_id varchar: the player
--   first_used_at timestamp: when the player used it first, UTC
-- touches:
--   first_used_at: name
-- checks:
--   not null name, player_id, first_used_at
--   unique name, player_id
select
    name,
    player_id,
    min(used_at) as first_used_at
from fct_feature
where player_id in (select player_id from touched_players)
group by name, player_id
