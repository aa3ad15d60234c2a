"""Who meets whom: day by day, people come, look for others or for bots, play, and go."""

import heapq
from collections import Counter
from random import Random

from msgspec import Struct

from kibitz.demo.people import Person
from kibitz.demo.plan import DAY_US, HOUR_US, Plan, Weather
from kibitz.demo.rooms import EMPTY_AFTER_US, Guest, OneRoom, Rooms
from kibitz.demo.scripts import MATCHES_MOST, Ending, Table
from kibitz.ids import PlayerId, Seat, new_house_bot_id

_SECOND_US = 1_000_000
_REWOUND = 0.002
"""How often an admin takes moves back."""
_CUT_OFF = 0.6
"""How often a match is on when the server crashes, where everybody leaves a release."""


class Visit(Struct):
    """Somebody's stay, which becomes a session of telemetry."""

    person: Person
    began_us: int
    rooms_left: int
    ended_us: int = 0
    acts: int = 0
    used: Counter[str] | None = None

    def use(self, name: str) -> None:
        if self.used is None:
            self.used = Counter()
        self.used[name] += 1


class Waiting(Struct):
    """Somebody waits at a table for others."""

    room: OneRoom
    guests: list[tuple[Visit, int]]
    gives_up_us: int
    is_quick: bool

    def has(self, person: Person) -> bool:
        return any(visit.person is person for visit, _ in self.guests)


class Wait(Struct, frozen=True):
    """As a row of telemetry has it."""

    at_us: int
    person: Person
    game: str
    entered_us: int
    result: str
    room_id: str | None


class Day(Struct):
    """What one day left behind, beside the rows of its rooms."""

    number: int
    weather: Weather
    visits: list[Visit]
    waits: list[Wait]
    faulted: list[tuple[int, str, int, str]]


class Town:
    def __init__(
        self, plan: Plan, persons: list[Person], rooms: Rooms, tables: tuple[Table, ...], rng: Random
    ):
        self._plan = plan
        self._rooms = rooms
        self._rng = rng
        self._by_day: list[list[Person]] = [[] for _ in range(plan.days)]
        for person in persons:
            for day in person.days:
                self._by_day[day].append(person)
        self._tables = tuple(
            [table for table in tables if table.game.name == name]
            for name in ("connect-four", "liars-dice", "light-cycles")
        )
        self._waiting: dict[tuple[int, bool], list[Waiting]] = {}
        self._events: list[tuple[int, int, Visit]] = []
        self._number = 0
        self._ratio = 1.0
        days = sum(len(each) for each in self._by_day)
        self._slots = _slots_wanted(plan) / max(1, days)

    def steer(self, rows: int, day: int) -> None:
        """So many rows were made by the end of `day`: come nearer to what the plan wants of them."""
        come = sum(len(each) for each in self._by_day[: day + 1])
        everybody = sum(len(each) for each in self._by_day)
        wanted = self._plan.events * come / max(1, everybody)
        if rows > 2_000:
            self._ratio = min(4.0, max(0.25, self._ratio * (wanted / rows) ** 0.5))

    def live(self, number: int) -> Day:
        """One day, the next after the one before."""
        plan, rng = self._plan, self._rng
        day = Day(number, plan.weather(number), [], [], [])
        begins_us = plan.from_us + number * DAY_US
        ends_us = begins_us + DAY_US
        for person in self._by_day[number]:
            if not person.is_gone:
                self._arrive(day, person, begins_us)
        while self._events and self._events[0][0] < ends_us:
            at_us, _, visit = heapq.heappop(self._events)
            self._give_up(day, at_us)
            self._look_for_a_game(day, visit, at_us)
        self._give_up(day, ends_us)
        if day.weather.churn:
            for person in self._by_day[number]:
                person.is_gone = person.is_gone or (not person.is_bot and rng.random() < day.weather.churn)
        return day

    def _arrive(self, day: Day, person: Person, begins_us: int) -> None:
        rng = self._rng
        slots = self._slots * self._ratio
        is_first = person.first_us == 0
        if not is_first and rng.random() > slots:
            return
        hour = (rng.choices(range(24), self._plan.hours(day.number))[0] - person.zone) % 24
        at_us = begins_us + hour * HOUR_US + rng.randrange(HOUR_US)
        if at_us >= self._plan.until_us:
            return
        more = max(0.0, slots - 1)
        visit = Visit(person, at_us, 1 + (int(rng.expovariate(1 / more) + 0.5) if more > 0 else 0), at_us)
        person.first_us = person.first_us or at_us
        day.visits.append(visit)
        self._come_back(visit, at_us)

    def _come_back(self, visit: Visit, at_us: int) -> None:
        self._number += 1
        visit.ended_us = max(visit.ended_us, at_us)
        visit.person.last_us = max(visit.person.last_us, at_us)
        heapq.heappush(self._events, (at_us, self._number, visit))

    # ------------------------------------------------------------ finding a table

    def _look_for_a_game(self, day: Day, visit: Visit, at_us: int) -> None:
        rng, person = self._rng, visit.person
        if visit.rooms_left <= 0:
            if rng.random() < 0.08:
                visit.use("replay")
            return
        visit.rooms_left -= 1
        tastes = person.tastes if day.number >= self._plan.launch_day else (*person.tastes[:2], 0.0)
        kind = rng.choices(range(3), tastes)[0]
        if rng.random() < person.plays_bots:
            visit.use("bot_game")
            self._against_bots(day, visit, kind, at_us)
            return
        is_quick = person.is_bot or rng.random() < 0.5
        if is_quick and not person.is_bot:
            visit.use("quick_match")
        open_tables = self._waiting.setdefault((kind, is_quick), [])
        free = (each for each in open_tables if is_quick and not each.has(person))
        if (found := next(free, None)) is not None:
            self._sit(found, visit, at_us)
            if len(found.guests) == found.room.table.seats:
                open_tables.remove(found)
                self._begin(day, found, at_us)
            return
        table = rng.choice(self._tables[kind])
        room = self._rooms.open(table, person.player_id, at_us, is_private=not is_quick, is_quick=is_quick)
        if not is_quick and rng.random() < 0.8:
            visit.use("invite_copy")
        patience_us = int((30 + rng.expovariate(1 / (150 if is_quick else 420))) * _SECOND_US)
        waiting = Waiting(room, [], at_us + patience_us, is_quick)
        self._sit(waiting, visit, at_us + 200_000)
        friends = [] if is_quick else self._friends(day, person, table.seats - 1)
        if not friends:
            open_tables.append(waiting)
            return
        arrivals = sorted(at_us + rng.randrange(12, 140) * _SECOND_US for _ in friends)
        for friend, arrives_us in zip(friends, arrivals, strict=True):
            came = Visit(friend, arrives_us - 5 * _SECOND_US, int(rng.random() < 0.3), arrives_us)
            friend.first_us = friend.first_us or arrives_us
            day.visits.append(came)
            self._sit(waiting, came, arrives_us)
        self._begin(day, waiting, arrivals[-1])

    def _friends(self, day: Day, host: Person, count: int) -> list[Person]:
        """Who comes when invited; nobody, where too few are about, or have something better to do."""
        about = [
            each for each in self._by_day[day.number] if not (each.is_bot or each.is_gone or each is host)
        ]
        if len(about) < count or self._rng.random() < 0.2:
            return []
        return self._rng.sample(about, count)

    def _sit(self, waiting: Waiting, visit: Visit, at_us: int) -> None:
        waiting.room.join(Guest(visit.person.player_id, Seat(len(waiting.guests)), at_us, visit.person.speed))
        waiting.guests.append((visit, at_us))

    def _give_up(self, day: Day, at_us: int) -> None:
        for tables in self._waiting.values():
            for waiting in [each for each in tables if each.gives_up_us <= at_us]:
                tables.remove(waiting)
                self._nobody_came(day, waiting)

    def _nobody_came(self, day: Day, waiting: Waiting) -> None:
        """Bots fill the table, or everybody goes."""
        room, at_us = waiting.room, waiting.gives_up_us
        if waiting.is_quick and self._rng.random() < 0.65:
            self._wait_ended(day, waiting, at_us, "bots")
            for seat in range(len(waiting.guests), room.table.seats):
                self._seat_bot(room, seat, at_us)
            self._play(day, room, [visit for visit, _ in waiting.guests], at_us)
            return
        self._wait_ended(day, waiting, at_us, "cancelled")
        for seat, (visit, _) in enumerate(waiting.guests):
            room.leave(Seat(seat), at_us + seat * 700_000)
            self._come_back(visit, room.at_us + 5 * _SECOND_US)
        room.close(room.at_us + EMPTY_AFTER_US)

    def _wait_ended(self, day: Day, waiting: Waiting, at_us: int, result: str) -> None:
        if not waiting.is_quick:
            return
        room = waiting.room
        for visit, entered_us in waiting.guests:
            room_id = None if result == "cancelled" else room.opening.room_id
            day.waits.append(Wait(at_us, visit.person, room.table.game.name, entered_us, result, room_id))

    def _against_bots(self, day: Day, visit: Visit, kind: int, at_us: int) -> None:
        table = self._rng.choice(self._tables[kind])
        room = self._rooms.open(table, visit.person.player_id, at_us, is_private=self._rng.random() < 0.3)
        for seat in range(1, table.seats):
            self._seat_bot(room, seat, at_us)
        room.join(Guest(visit.person.player_id, Seat(0), at_us + 300_000, visit.person.speed))
        self._play(day, room, [visit], at_us)

    def _seat_bot(self, room: OneRoom, seat: int, at_us: int) -> None:
        bot: PlayerId = new_house_bot_id(self._rng.randbytes)
        room.join(Guest(bot, Seat(seat), at_us, 1.0))

    def _begin(self, day: Day, waiting: Waiting, at_us: int) -> None:
        self._wait_ended(day, waiting, at_us, "matched")
        self._play(day, waiting.room, [visit for visit, _ in waiting.guests], at_us)

    # ------------------------------------------------------------ playing

    def _play(self, day: Day, room: OneRoom, visits: list[Visit], at_us: int) -> None:
        """The room's matches to its end; `visits` are of the seats from 0 on."""
        rng = self._rng
        room.at_us = max(room.at_us, at_us)
        while True:
            is_taken_back = not room.table.game.uses_chance and rng.random() < _REWOUND
            is_taken_back = is_taken_back and room.table.game.name == "connect-four"
            played = room.play(
                self._ending(day),
                day.weather.slowness,
                is_taken_back=is_taken_back,
                is_cut_off=rng.random() < _CUT_OFF * day.weather.churn,
            )
            for visit, acts in zip(visits, played.acts, strict=False):
                visit.acts += acts
            if played.ending is Ending.AWAY:
                self._everybody_goes(visits, room.at_us)
                room.close_unfinished(played.phase)
                return
            wants_more = played.ending in (Ending.PLAYED, Ending.RESIGNED) and rng.random() < 0.34
            if not wants_more or room.matches >= MATCHES_MOST:
                break
            for seat in range(room.table.seats):
                room.rematch(Seat(seat), room.at_us + int(rng.expovariate(0.25) * _SECOND_US))
                if seat < len(visits):
                    visits[seat].use("rematch")
        self._everybody_goes(visits, room.at_us)
        if played.ending is not Ending.LEFT and rng.random() < 0.6:
            room.leave(Seat(rng.randrange(len(visits))), room.at_us + int(rng.expovariate(0.1) * _SECOND_US))
        room.close(room.at_us + EMPTY_AFTER_US + rng.randrange(60 * _SECOND_US))

    def _everybody_goes(self, visits: list[Visit], at_us: int) -> None:
        for visit in visits:
            if self._rng.random() < 0.15:
                visit.use("chat")
            self._come_back(visit, at_us + int((4 + self._rng.expovariate(1 / 25)) * _SECOND_US))

    def _ending(self, day: Day) -> Ending:
        gave_up = day.weather.giving_up
        weights = (0.78, 0.10, 0.055 * gave_up, 0.04 * gave_up, 0.015 * gave_up)
        return self._rng.choices(tuple(Ending), weights)[0]


def _slots_wanted(plan: Plan) -> float:
    """Rooms that somebody takes part in, so that about so many rows come out."""
    rows_a_slot = 30.0
    return plan.events / rows_a_slot
