select day, n_journal, n_warehouse, is_equal, checked_at from reconciliation order by day desc
