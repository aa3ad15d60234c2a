"""Scheduled reports: HTML, PDF, CSV, Parquet and XLSX of a period, made from inputs kept beside them."""
