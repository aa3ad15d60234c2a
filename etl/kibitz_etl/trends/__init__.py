"""Where each daily figure is going: robust slopes, a forecast band and anomalies, from `agg_metric_day`."""
