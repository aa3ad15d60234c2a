select found_at, source, seq, error from quarantine order by found_at desc, seq desc
