select
    model_catalog.table_name,
    model_catalog.about,
    model_catalog.grain,
    model_catalog.column_text,
    duckdb_tables.estimated_size::bigint as n_rows
from model_catalog
inner join duckdb_tables() as duckdb_tables on model_catalog.table_name = duckdb_tables.table_name
order by model_catalog.table_name
