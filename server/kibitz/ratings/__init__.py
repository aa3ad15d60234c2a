"""How well people play: a projection of the journal, made behind the moves and rebuilt whenever wanted.

`results` tells what a match came to, `rater` what that says about the players, `projection` keeps both in a
file of their own beside the id of the last event that it knows, `standings` answers the questions of REST.
"""
