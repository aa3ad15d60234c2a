"""What the ETL raises. Each text is one sentence that an operator can act on."""


class EtlError(Exception):
    """Root of what the ETL raises."""


class JournalMissing(EtlError):
    """There is no journal to read yet; a later tick may find one."""


class SourceUnreadable(EtlError):
    """A file of the server is there but does not answer as its page promises."""


class AlreadyRunning(EtlError):
    """Another process runs the ETL on this data directory."""


class WarehouseBusy(EtlError):
    """Another process holds the private warehouse open."""


class BadModel(EtlError):
    """A model file breaks the rules of its header."""


class CheckFailed(EtlError):
    """Rows broke a promise that their model's header makes; nothing of the batch was kept."""


class CannotReread(EtlError):
    """A table must be made anew, and its source no longer has all the rows; a migration must say how."""
