"""What the journal raises. Whatever a single append suffers is no exception but a `CommitFailure`."""

from pathlib import Path

from kibitz.journal.journal import JournalError
from kibitz.sqlite_file import FileProblem


class JournalUnusable(JournalError):
    """The journal cannot be opened; the text is one sentence that says why and what to do."""

    def __init__(self, path: Path, problem: FileProblem) -> None:
        super().__init__(f"{path} {problem.value}.")
        self.path = path
        self.problem = problem


class JournalUnreadable(JournalError):
    """A read failed; nothing was changed by it, and the same read may succeed later."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(f"The journal {problem.value}.")
        self.problem = problem


class JournalBroken(JournalError):
    """The state of the file on disk is unknown: end the process, check the disk, start again.

    Nothing that waited is acknowledged or refused, for it may be stored or not; the next start reads
    what is. `cause` is what SQLite said.
    """

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path} could not be written safely ({cause}): check the disk, then start again.")
        self.path = path
        self.cause = cause
