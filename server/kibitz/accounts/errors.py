"""What the accounts raise. Every text is a sentence that may be shown to the person who asked."""

from pathlib import Path

from kibitz.ids import AdminName
from kibitz.sqlite_file import FileProblem


class AccountsError(Exception):
    """Root of what the accounts raise."""


class BadName(AccountsError):
    """The name breaks a rule; `rule` is the sentence that says which."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class WeakPassword(AccountsError):
    """The password is too easy to guess; `rule` is the sentence that says why."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class AdminExists(AccountsError):
    def __init__(self, name: AdminName) -> None:
        super().__init__(f"There is an admin named {name} already; choose another name.")
        self.name = name


class NoSuchAdmin(AccountsError):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no admin or analyst named {name}.")
        self.name = name


class UnknownPlayer(AccountsError):
    def __init__(self) -> None:
        super().__init__("There is no such player.")


class AccountsUnavailable(AccountsError):
    """Nothing was stored; the same may succeed later."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(f"The accounts' file {problem.value}.")
        self.problem = problem


class AccountsUnusable(AccountsError):
    """The accounts cannot be opened; the text is one sentence that says why and what to do."""

    def __init__(self, path: Path, problem: FileProblem) -> None:
        super().__init__(f"{path} {problem.value}.")
        self.path = path
        self.problem = problem
