"""The HTTP side of a server: every API with what it asks, and the pages around them."""

import logging
import random
from collections.abc import Callable

from aiohttp import web

from kibitz.app.opening import Opened
from kibitz.app.sign_in import sign_in_of
from kibitz.app.wiring import Wiring
from kibitz.codes import Code
from kibitz.config import Settings
from kibitz.http.admin import AdminApi
from kibitz.http.admin_commands import AdminCommandsApi
from kibitz.http.admin_live import AdminLiveApi
from kibitz.http.admin_rooms import AdminRoomsApi
from kibitz.http.application import make_application
from kibitz.http.assets import Client
from kibitz.http.audit import AuditApi
from kibitz.http.catalog import Catalog
from kibitz.http.feed import FeedApi
from kibitz.http.game_views import GameViews
from kibitz.http.games import GamesApi
from kibitz.http.health import HealthApi
from kibitz.http.histories import Histories, HistoriesApi
from kibitz.http.identity import Identity
from kibitz.http.players import PlayersApi
from kibitz.http.ports import Live
from kibitz.http.quick import QuickApi
from kibitz.http.quotas import Quotas
from kibitz.http.replays import ReplaysApi
from kibitz.http.resources.pages import SocketSettings
from kibitz.http.rooms import RoomsApi
from kibitz.http.routes import Route
from kibitz.http.sessions import SessionsApi
from kibitz.http.site import Site
from kibitz.http.worker import ClientApi
from kibitz.reach import Reach
from kibitz.rooms.directory.archive import Archive
from kibitz.transport.config import KIBITZ_PROFILE

log = logging.getLogger(__name__)


def make_rest(
    settings: Settings,
    there: Reach,
    opened: Opened,
    wiring: Wiring,
    client: Client | None,
    not_ready: Callable[[], Code | None],
    is_draining: Callable[[], bool],
) -> web.Application:
    """Everything on the port that is not realtime."""
    accounts, cache, clock, games = opened.accounts, opened.cache, opened.clock, opened.games
    directory, fresh, names, quick = wiring.directory, wiring.fresh, wiring.name_of, wiring.quick
    identity = Identity(accounts, there)
    quotas = Quotas(clock, is_on=settings.limits_on, proxies=settings.trusted_proxies)
    archive = Archive(opened.journal, games)
    catalog = Catalog(directory, archive, games, names, quotas, there, quick.bots_at_ms)
    histories = Histories(archive, directory, clock)
    views = _game_views(opened)
    games_api = GamesApi(games, views, cache)
    live = Live(wiring.counts, is_draining, clock.now_us() // 1000)
    standings, rooms_of = opened.ratings.standings, wiring.seatings.rooms_of
    jitter = random.SystemRandom().randint
    routes: list[Route] = [
        *SessionsApi(accounts, identity, quotas, there, fresh.renamed).routes(),
        *PlayersApi(
            identity, standings, rooms_of, directory, catalog, names, frozenset(games), cache
        ).routes(),
        *games_api.routes(),
        *RoomsApi(directory, archive, catalog, identity, quotas, cache, fresh.room_made).routes(),
        *QuickApi(quick, identity, quotas, fresh.room_made).routes(),
        *ReplaysApi(archive, directory, identity, names, quotas, clock).routes(),
        *HistoriesApi(archive, histories, quotas).routes(),
        *FeedApi(wiring.feeds, directory, identity, quotas, jitter).routes(),
        *AdminApi(accounts, identity, quotas, sign_in_of(settings, clock)).routes(),
        *AdminLiveApi(identity, directory, catalog, live, clock).routes(),
        *AdminRoomsApi(identity, directory, catalog, histories, names).routes(),
        *AdminCommandsApi(accounts, identity, directory, quotas).routes(),
        *AuditApi(accounts, identity).routes(),
        *HealthApi(not_ready).routes(),
        *ClientApi(client).routes(),
    ]
    site = Site(
        client,
        catalog,
        games_api.described,
        views,
        identity,
        _socket_settings(settings),
        is_worker_on=settings.service_worker == "on",
    )
    return make_application(routes, site, there, quotas, wiring.observer.refused, wiring.measuring.answered)


def _game_views(opened: Opened) -> GameViews:
    views = GameViews(opened.games)
    for missing in views.missing:
        log.warning("a game has no view", extra={"game": missing.game, "problem": missing.problem})
    return views


def _socket_settings(settings: Settings) -> SocketSettings:
    return SocketSettings(
        KIBITZ_PROFILE.path, settings.ping_interval_ms, settings.ping_timeout_ms, ["websocket", "polling"]
    )
