"""What the server measures of itself: plain integers where it counts, rendered where somebody asks.

`names` declares every metric, `registry` holds them, `histogram` and `buckets` say how times are kept,
`exposition` renders for Prometheus, `increments` for telemetry. A leaf: it knows no part that it measures.
"""
