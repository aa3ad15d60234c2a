-- 0002_count_apart: facts are loaded in one transaction and counted in another, which remembers how far it came.
-- Other sources than the journal have rows of their own.
-- rebuild: all
alter table etl_watermark add column counted_seq bigint default 0;
alter table etl_quarantine add column source varchar default 'events_v1';
create table etl_counted (last_date date);
create table etl_reconciliation (
    day date,
    n_journal bigint,
    n_warehouse bigint,
    is_equal boolean,
    checked_at timestamp
);
