"""Checking a game's declaration when its class is made.

Whatever can be known to be wrong before the first match is an error here, and its message leads to
the line to change: an author reads `tictactoe.py:31: TicTacToe: …`.
"""

import inspect
import linecache
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args, get_origin

import msgspec
from msgspec import inspect as types

from kibitz.rules.actions import Action
from kibitz.rules.chance import Chance
from kibitz.rules.domains import domain
from kibitz.rules.durability import Durability
from kibitz.rules.phases import FORFEIT, FRAME_TRIGGERS, START, TICK, TIMEOUT, WAITING, Phases

if TYPE_CHECKING:
    from kibitz.rules.game import Game

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_BRAIN = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*\Z")
_MODULE = re.compile(r"[A-Za-z_][\w.]*:[\w./-]+\.js\Z")
_TO_OVERRIDE = ("setup", "to_move", "outcome", "view", "on_forfeit")
SEATS_MOST = 64
TICKS_PER_SECOND_MOST = 60
LATE_TICKS_MOST = 30


class DeclarationError(TypeError):
    """A game's class contradicts itself. The message names the file, the line and the class."""

    def __init__(self, filename: str, line: int, game: str, problem: str) -> None:
        super().__init__(f"{filename}:{line}: {game}: {problem}")
        self.filename = filename
        self.line = line
        self.game = game
        self.problem = problem


class _Source:
    """Where a class stands; `line` 0 where there is no file, as for one typed into a shell."""

    def __init__(self, cls: type) -> None:
        self.filename, self.line = "?", 0
        self._text: list[str] = []
        try:
            self.filename = inspect.getsourcefile(cls) or "?"
            self._text, self.line = inspect.getsourcelines(cls)
        except (OSError, TypeError):
            return

    def line_where(self, pattern: str) -> int:
        """The first line of the class with it, else that on which the class begins."""
        wanted = re.compile(pattern)
        found = (self.line + at for at, text in enumerate(self._text) if wanted.search(text))
        return next(found, self.line)


class _Place:
    """Where a game stands, to say so in errors."""

    def __init__(self, game: "type[Game[Any]]") -> None:
        self.game = game.__name__
        self._source = _Source(game)
        self.filename = self._source.filename

    def error(self, problem: str, line: int | None = None) -> DeclarationError:
        return DeclarationError(
            self.filename, self._source.line if line is None else line, self.game, problem
        )

    def error_in(self, cls: type, field: str, problem: str, line: int | None = None) -> DeclarationError:
        """Of a field of the state, a payload or the options, which may stand in another file. `line` is
        that of the game's own to name where the field is not found."""
        source = _Source(cls)
        found = source.line_where(rf"^\s+{re.escape(field)}\s*:")
        if not source.line or found == source.line:
            return self.error(problem, line)
        return DeclarationError(source.filename, found, self.game, problem)

    def line_of_name(self, name: str) -> int:
        """The line of the class on which `name` is assigned; that of the class where it is not."""
        return self._source.line_where(rf"^\s+(.*[,;]\s*)?{name}\b[^=(]*=(?!=)")

    def line_of_method(self, name: str) -> int:
        """The line of the class on which `name` is defined; that of the class where it is not."""
        return self._source.line_where(rf"^\s+def {name}\b")

    def line_of(self, word: str, start: int) -> int:
        """The first line from `start` on that has `word` as a string, or its constant; else `start`."""
        needles = (f'"{word}"', f"'{word}'", word.upper())
        for number, text in enumerate(linecache.getlines(self.filename)[start - 1 : start + 99], start):
            if any(needle in text for needle in needles):
                return number
        return start


def declare(game: "type[Game[Any]]") -> None:
    """Fill in what follows from the declaration, and raise `DeclarationError` if it is faulty."""
    place = _Place(game)
    # By method first, since a subclass may override one; an action may be called other than its method.
    methods = {name: each for name, each in _members(game) if isinstance(each, Action)}
    game.actions = {each.name: each for each in methods.values()}
    _check_attributes(game, place)
    _fill_in_state(game, place)
    for each in game.actions.values():
        _check_action(each, place)
    _check_phases(game.phases, game.actions, place)
    _check_overrides(game, place)


def _members(game: "type[Game[Any]]") -> Iterator[tuple[str, object]]:
    # The order of definition, bases first: it is the order in which moves are enumerated.
    for cls in reversed(game.__mro__):
        yield from vars(cls).items()


def _check_attributes(game: "type[Game[Any]]", place: _Place) -> None:
    for needed in ("name", "title", "seats", "phases"):
        if not hasattr(game, needed):
            raise place.error(f"`{needed}` is missing")
    if not _NAME.match(game.name):
        raise place.error(
            f"the name {game.name!r} is not lower-case words joined by hyphens", place.line_of_name("name")
        )
    if not 1 <= game.seats.least <= game.seats.most <= SEATS_MOST:
        raise place.error(
            f"seats from {game.seats.least} to {game.seats.most}: not within 1 to {SEATS_MOST}",
            place.line_of_name("seats"),
        )
    if game.rules_version < 1:
        raise place.error("rules_version begins at 1", place.line_of_name("rules_version"))
    if game.brain is not None and not _BRAIN.match(game.brain):
        raise place.error(
            f"the brain {game.brain!r} is not of the form package.module:function",
            place.line_of_name("brain"),
        )
    if game.substitute and game.brain is None:
        raise place.error(
            "`substitute` needs a brain that plays for who is away", place.line_of_name("substitute")
        )
    if game.view_module is not None and not _MODULE.match(game.view_module):
        raise place.error(
            f"the view module {game.view_module!r} is not of the form package:path/to/view.js",
            place.line_of_name("view_module"),
        )
    for option in msgspec.structs.fields(game.options):
        if option.required:
            raise place.error_in(game.options, option.name, f"the option {option.name!r} has no default")


def _fill_in_state(game: "type[Game[Any]]", place: _Place) -> None:
    from kibitz.rules.game import Game, State

    for base in getattr(game, "__orig_bases__", ()):
        if get_origin(base) is Game:
            state = get_args(base)[0]
            if isinstance(state, type):
                game.state = state
    state = getattr(game, "state", None)
    if not (isinstance(state, type) and issubclass(state, State)):
        raise place.error("inherit from Game[YourState], YourState being a subclass of kibitz.rules.State")
    if not state.__struct_config__.frozen:
        raise place.error(f"the state {state.__name__} is not frozen")
    for path, problem in _faults(types.type_info(state), state.__name__, may_be_mutable=False):
        raise place.error_in(state, _field_of(path), f"{path}: {problem}")
    fields = {each.name: each for each in msgspec.structs.fields(state)}
    game.uses_chance = "chance" in fields
    if game.uses_chance and fields["chance"].type is not Chance:
        problem = f"{state.__name__}.chance: its type is kibitz.rules.Chance, or it has another name"
        raise place.error_in(state, "chance", problem)


def _check_action(each: Action[Any, Any], place: _Place) -> None:
    config = each.payload.__struct_config__
    if not config.frozen or not config.forbid_unknown_fields:
        raise place.error(f"the payload of {each.name!r} does not inherit from kibitz.rules.Args", each.line)
    if each.name in FRAME_TRIGGERS:
        raise place.error(f"an action cannot be called {each.name!r}", each.line)
    for path, problem in _faults(types.type_info(each.payload), each.payload.__name__, may_be_mutable=True):
        raise place.error_in(each.payload, _field_of(path), f"{path}: {problem}", each.line)


def _field_of(path: str) -> str:
    """`S.left.n` is in the field `left` of S."""
    return path.split(".")[1] if "." in path else path


def _faults(
    found: types.Type, path: str, *, may_be_mutable: bool, seen: frozenset[type] = frozenset()
) -> Iterator[tuple[str, str]]:
    """Types that would make a fold depend on the machine, or let a state be changed in place."""
    match found:
        case types.FloatType() | types.DecimalType():
            yield path, "fractions are not the same on every machine; count in integers"
        case types.SetType() | types.FrozenSetType():
            yield path, "a set has no order; use a sorted tuple"
        case types.ListType() | types.DictType() | types.ByteArrayType() if not may_be_mutable:
            yield path, "a state is never changed in place; use a tuple"
        case types.AnyType():
            yield path, "say which type it has"
        case types.StructType(cls=cls, fields=fields) if cls not in seen:
            for each in fields:
                yield from _faults(
                    each.type, f"{path}.{each.name}", may_be_mutable=may_be_mutable, seen=seen | {cls}
                )
        case types.TupleType(item_types=inner) | types.UnionType(types=inner):
            for part in inner:
                yield from _faults(part, path, may_be_mutable=may_be_mutable, seen=seen)
        case types.VarTupleType(item_type=item) | types.ListType(item_type=item):
            yield from _faults(item, path, may_be_mutable=may_be_mutable, seen=seen)
        case types.Metadata(type=inner_type):
            yield from _faults(inner_type, path, may_be_mutable=may_be_mutable, seen=seen)
        case _:
            return


def _check_phases(phases: Phases, actions: Mapping[str, Action[Any, Any]], place: _Place) -> None:
    def wrong(problem: str, word: str) -> DeclarationError:
        return place.error(problem, place.line_of(word, phases.line))

    leaving: dict[str, set[str]] = {phase: set() for phase in phases.final}
    for (phase, trigger), targets in phases.table.items():
        if trigger not in FRAME_TRIGGERS and trigger not in actions:
            raise wrong(f"the phases know the trigger {trigger!r}, but there is no such action", trigger)
        if (trigger == START) != (phase == WAITING):
            raise wrong(f"{START!r} and nothing else leads out of {WAITING!r}", trigger)
        if phase in phases.final:
            raise wrong(f"the phase {phase!r} is final, and yet {trigger!r} leads out of it", trigger)
        leaving.setdefault(phase, set()).update(targets)
    if WAITING not in leaving:
        raise wrong(f"nothing leads out of {WAITING!r}: add ({WAITING!r}, {START!r})", WAITING)
    for targets_of in list(leaving.values()):
        for target in sorted(targets_of):
            if target not in leaving:
                raise wrong(f"nothing leads out of the phase {target!r}, and it is not final", target)
    reached = _closure({WAITING}, leaving)
    for phase in sorted(leaving.keys() - reached):
        raise wrong(f"no way leads to the phase {phase!r}", phase)
    ending = _closure(set(phases.final), _reversed(leaving))
    for phase in sorted(reached - ending):
        raise wrong(f"no way leads from the phase {phase!r} to a final one", phase)
    for phase in sorted(reached - phases.final - {WAITING}):
        if not phases.allows(phase, FORFEIT):
            raise wrong(f"who leaves in the phase {phase!r}? add ({phase!r}, {FORFEIT!r})", phase)
    named = {trigger for _, trigger in phases.table}
    for each in actions.values():
        if each.name not in named:
            raise place.error(f"the action {each.name!r} is allowed in no phase", each.line)


def _closure(begin: set[str], leaving: Mapping[str, set[str]]) -> set[str]:
    reached, frontier = set(begin), set(begin)
    while frontier:
        frontier = set().union(*(leaving.get(phase, set()) for phase in frontier)) - reached
        reached |= frontier
    return reached


def _reversed(leaving: Mapping[str, set[str]]) -> dict[str, set[str]]:
    coming: dict[str, set[str]] = {}
    for phase, targets in leaving.items():
        for target in targets:
            coming.setdefault(target, set()).add(phase)
    return coming


def _check_overrides(game: "type[Game[Any]]", place: _Place) -> None:
    from kibitz.rules.game import Game

    def overrides(name: str) -> bool:
        return getattr(game, name) is not getattr(Game, name)

    for needed in _TO_OVERRIDE:
        if not overrides(needed):
            raise place.error(f"the method `{needed}` is missing")
    triggers = {trigger for _, trigger in game.phases.table}
    handles_time = overrides("on_timeout") or overrides("on_phase_over")
    if not overrides("clock") == handles_time == (TIMEOUT in triggers):
        raise place.error(
            f"a clock needs `clock`, `on_timeout` or `on_phase_over`, and {TIMEOUT!r} in the phases"
        )
    _check_real_time(game, place, triggers, has_hooks=overrides("tick") and overrides("frame"))
    if game.ticks_per_second and overrides("clock"):
        raise place.error(
            "a match in real time has no clock: its ticks are its time, and `tick` counts them",
            place.line_of_method("clock"),
        )
    if game.brain is not None and not overrides("candidates"):
        for each in game.actions.values():
            if each.suggested and domain(each.payload) is None:
                raise place.error(
                    f"bots need `candidates`: the payload of {each.name!r} cannot be listed", each.line
                )


def _check_real_time(game: "type[Game[Any]]", place: _Place, triggers: set[str], *, has_hooks: bool) -> None:
    if not 0 <= game.ticks_per_second <= TICKS_PER_SECOND_MOST:
        raise place.error(
            f"{game.ticks_per_second} ticks per second: not within 0 to {TICKS_PER_SECOND_MOST}",
            place.line_of_name("ticks_per_second"),
        )
    is_real_time = game.ticks_per_second > 0
    if not is_real_time == has_hooks == (TICK in triggers):
        raise place.error(
            f"real time needs `ticks_per_second`, `tick`, `frame`, and {TICK!r} in the phases, all four"
        )
    if not is_real_time and game.durability is Durability.RELAXED:
        raise place.error("only a game in real time may be relaxed", place.line_of_name("durability"))
    most = LATE_TICKS_MOST if is_real_time else 0
    if not 0 <= game.late_ticks <= most:
        raise place.error(
            f"late_ticks is {game.late_ticks}: not within 0 to {most}", place.line_of_name("late_ticks")
        )
