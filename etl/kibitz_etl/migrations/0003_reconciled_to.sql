-- 0003_reconciled_to: how far journal and warehouse were compared, so that a day's comparison reads what came since.
-- rebuild: none
-- adopts: fct_event
create table etl_reconciled (
    last_seq bigint,
    first_seq bigint,
    n_apart bigint
);
