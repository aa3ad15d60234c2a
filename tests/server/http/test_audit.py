"""Who did what, page by page, and for admins only."""

from pathlib import Path

from kibitz.accounts.accounts import Accounts
from support.running_server import bearer, running

PASSWORD = "correct horse battery"


async def test_the_log_page_by_page(tmp_path: Path) -> None:
    accounts = Accounts.open(tmp_path / "accounts.sqlite")
    await accounts.create_admin("ada", PASSWORD)
    await accounts.close()
    async with running(tmp_path) as server:
        login = {"name": "ada", "password": PASSWORD}
        async with server.http.post(f"{server.url}/api/admin/session", json=login) as answer:
            token = (await answer.json())["token"]
        match = await server.table()
        for name in ("pause", "resume", "pause"):
            path = f"{server.url}/api/admin/rooms/{match.room}/{name}"
            async with server.http.post(path, headers=bearer(token)) as answer:
                assert answer.status == 200
        status, page = await server.get("/api/admin/audit?action=room_pause&limit=1", token)
        assert status == 200
        (newest,) = page["entries"]
        assert (newest["actor"], newest["subject"], newest["number"]) == ("ada", match.room, page["next"])
        _, page = await server.get(f"/api/admin/audit?action=room_pause&before={page['next']}", token)
        assert [entry["number"] for entry in page["entries"]] == [newest["number"] - 2]
        assert page["next"] is None
        _, page = await server.get(f"/api/admin/audit?subject={match.room}&actor=eve", token)
        assert page == {"entries": [], "next": None}
        for asked in ("limit=0", "limit=1001", "before=0", "before=x", "who=ada", f"actor={'x' * 201}"):
            assert (await server.get(f"/api/admin/audit?{asked}", token))[0] == 400
        assert (await server.get("/api/admin/audit"))[0] == 401
