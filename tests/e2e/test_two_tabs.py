"""One player, one seat, two tabs: the newer one plays, the older one is told and can take the seat back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from support.processes import ServerProcess
from support.table_page import TablePage

pytestmark = pytest.mark.browser

NewPlayer = Callable[..., TablePage]


def test_the_newer_tab_plays_and_the_older_one_takes_the_seat_back(
    server: ServerProcess, new_player: NewPlayer
):
    ada = new_player(server.url, "Ada")
    room = ada.make_room("connect-four")
    ada.sit_at(room)
    bo = new_player(server.url, "Bo")
    bo.sit_at(room)
    ada.sees_turn(0)
    second = TablePage(ada.page.context.new_page(), server.url, "Ada")
    second.sit_at(room)
    expect(ada.at("superseded")).to_be_visible()
    second.drop(3)
    for player in (ada, bo, second):
        player.sees_disc(5, 3, 0)
    bo.drop(3)
    ada.at("superseded").get_by_role("button").click()
    expect(ada.at("superseded")).to_have_count(0)
    expect(second.at("superseded")).to_be_visible()
    ada.drop(2)
    for player in (ada, bo, second):
        player.sees_disc(5, 2, 0)
    assert second.errors == []
