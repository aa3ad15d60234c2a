"""The tables of docs/protocol.md, made from the code that they describe."""

from typing import Any

from kibitz.codes import MEANINGS
from kibitz.http.quotas import Quota
from kibitz.play.features import FEATURES
from kibitz.play.rates import Group
from kibitz.transport.reasons import DisconnectReason

_EVENTS = {
    Group.ACT: "`act`",
    Group.JOIN: "`join`, `leave`, `resync`, `rematch` together",
    Group.CHAT: "`chat`",
    Group.SMALL: "`features`, `ping` together",
}
_QUOTAS = {
    Quota.REQUEST: "requests of any kind",
    Quota.SESSION: "new sessions and names",
    Quota.ROOM: "new rooms",
    Quota.CODE: "join codes that were wrong",
    Quota.LOGIN: "admin logins",
    Quota.REPLAY: "replays and histories",
}


def codes() -> str:
    rows = ["| code | advice | HTTP | meaning |", "|---|---|---|---|"]
    rows += [f"| `{code}` | {m.advice} | {m.http_status} | {m.text} |" for code, m in MEANINGS.items()]
    return "\n".join(rows)


def reasons() -> str:
    return ", ".join(f"`{reason}`" for reason in DisconnectReason)


def _rate(per_second: float, burst: float) -> str:
    return f"{per_second:.3g} | {burst:g} |"


def rates() -> str:
    return "\n".join(f"| {_EVENTS[group]} | {_rate(*group.value)}" for group in Group)


def quotas() -> str:
    return "\n".join(f"| {_QUOTAS[quota]} | {_rate(*quota.value)}" for quota in Quota)


def routes(description: dict[str, Any]) -> str:
    """From the server's own /openapi.json."""
    rows = ["| request | takes | gives | who | what |", "|---|---|---|---|---|"]
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            takes = _schema(operation.get("requestBody", {}))
            query = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
            asked = f"?{'&'.join(f'{name}=' for name in query)}" if query else ""
            (done,) = [answer for status, answer in operation["responses"].items() if status < "300"]
            security = operation["security"]
            roles = [role for scheme in security for role in scheme.get("bearer", [])]
            who = roles[0] if roles else "player" if security else "anybody"
            cells = (f"`{method.upper()} {path}{asked}`", takes, _schema(done), who, operation["summary"])
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _schema(of: dict[str, Any]) -> str:
    for kind, content in of.get("content", {}).items():
        ref = content["schema"].get("$ref", "")
        return f"`{ref.rpartition('/')[2]}`" if ref else kind
    return ""


def features() -> str:
    return ", ".join(f"`{name}`" for name in sorted(FEATURES))
