"""`kibitz demo`: months of plausible history in a data directory of its own.

Matches are really played, once, by cheap brains through the games' own rules (`scripts`); their moves are
then played again in many rooms, by other people, at other times (`rooms`). So each room replays, verifies
and is counted like any other. Who comes when is `people` and `town`, what went well and badly is `plan`.
"""
