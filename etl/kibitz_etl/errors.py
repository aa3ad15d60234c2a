"""What the ETL raises. Each text is one sentence that an operator can act on."""


class EtlError(Exception):
    """Root of what the ETL raises."""


class JournalMissing(EtlError):
    """There is no journal to read yet; a later tick may find one."""


class JournalUnreadable(EtlError):
    """The journal is there but does not answer as `events_v1` promises."""


class AlreadyRunning(EtlError):
    """Another process runs the ETL on this data directory."""


class WarehouseBusy(EtlError):
    """Another process holds the private warehouse open."""


class BadModel(EtlError):
    """A model file breaks the rules of its header."""


class CheckFailed(EtlError):
    """Rows broke a promise that their model's header makes; nothing of the batch was kept."""
