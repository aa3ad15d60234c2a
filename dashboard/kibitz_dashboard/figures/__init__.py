"""Charts: a frame in, a Plotly figure out. No query and no widget here."""
