"""Closed days of the journal as Parquet, for ever: what the server may prune, and replays are read from.

`archive/manifest.json` proves it. Each segment is one file of events, which follows on the one before it
without a gap in the positions, and one of the rooms that were made in it. The files never change; DuckDB,
Polars, Spark and ClickHouse read them as they are.
"""
