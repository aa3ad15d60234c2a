"""REST of the log that says which admin did what, and who tried to be one."""

from aiohttp import web

from kibitz.accounts.accounts import Accounts
from kibitz.accounts.records import AuditWanted
from kibitz.codes import Code
from kibitz.http.identity import Identity
from kibitz.http.json import answer, query_of
from kibitz.http.resources.audit import Audit, AuditLine, AuditQuery
from kibitz.http.routes import Auth, Route


class AuditApi:
    """The handler."""

    def __init__(self, accounts: Accounts, identity: Identity) -> None:
        self._accounts = accounts
        self._identity = identity

    def routes(self) -> list[Route]:
        return [
            Route(
                "GET",
                "/api/admin/audit",
                self._get_audit,
                "What admins did, and who tried to be one.",
                Audit,
                query=AuditQuery,
                auth=Auth.ADMIN,
                codes=(Code.UNAUTHENTICATED, Code.FORBIDDEN, Code.UNAVAILABLE),
            )
        ]

    async def _get_audit(self, request: web.Request) -> web.Response:
        self._identity.need_admin(request)
        query = query_of(request, AuditQuery)
        wanted = AuditWanted(query.limit, query.before, query.actor, query.action, query.subject)
        page = self._accounts.read_audit(wanted)
        return answer(
            Audit(
                [
                    AuditLine(
                        number=number,
                        at_ms=entry.at_us // 1000,
                        actor=entry.actor,
                        action=entry.action,
                        subject=entry.subject,
                        address=entry.address,
                        detail=entry.detail,
                    )
                    for number, entry in page.entries
                ],
                page.next,
            )
        )
