select distinct game from dim_room order by game
