"""Answers of REST that are kept: where, how long, and what makes them untrue.

`rules` names what is kept, `responses` answers from it or makes it, `freshness` hears what has changed;
`memory`, `local` and `redis` are the places, behind the one interface `storage.Storage`.
"""
