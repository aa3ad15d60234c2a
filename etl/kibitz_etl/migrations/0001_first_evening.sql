-- 0001_first_evening: the ETL's own tables.
-- rebuild: none
create table if not exists etl_watermark (
    source varchar,
    last_seq bigint,
    last_room_id varchar,
    last_version bigint,
    watermark_at timestamp,
    rows_loaded bigint,
    late_rows bigint,
    quarantined_rows bigint,
    updated_at timestamp
);
create table if not exists etl_quarantine (seq bigint, error varchar, found_at timestamp);
create table if not exists etl_model (name varchar, digest varchar);
