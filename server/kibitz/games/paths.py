"""Games that lie somewhere on this machine and are not installed: a file, or the folder of a package.

A folder announces its games as an installed package would: by the entry points in its pyproject.toml.
Of a single file every game that it defines counts. What lies there becomes importable by its own name,
so that brains and checks in other processes find it too; it never takes the place of another module.
"""

import importlib
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from typing import Any

from kibitz.rules import Game

GROUP = "kibitz.games"


class NoGame(Exception):
    """There is no game at a path; the text says why, in one sentence without its full stop."""


def classes_at(path: Path) -> list[tuple[str, type[Game[Any]]]]:
    """Each game at `path`, with where it stands. Raises `NoGame`, and whatever the import raises."""
    if path.is_dir():
        found = list(_of_folder(path.resolve()))
    elif path.suffix == ".py" and path.is_file():
        found = list(_of_file(path.resolve()))
    elif not path.exists():
        raise NoGame(f"there is nothing at {path}")
    else:
        raise NoGame(f"{path} is neither a Python file nor the folder of a package")
    if not found:
        raise NoGame(f"no game is defined in {path}")
    return found


def _of_file(path: Path) -> Iterator[tuple[str, type[Game[Any]]]]:
    module = _imported(path.stem, path.parent)
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Game) and value.__module__ == path.stem:
            yield f"{path}:{value.__name__}", value


def _of_folder(folder: Path) -> Iterator[tuple[str, type[Game[Any]]]]:
    try:
        described = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    except FileNotFoundError:
        raise NoGame(f"{folder} has no pyproject.toml that announces a game") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NoGame(f"{folder}/pyproject.toml is not valid TOML: {error}") from error
    entries = described.get("project", {}).get("entry-points", {}).get(GROUP, {})
    if not entries:
        raise NoGame(f'{folder}/pyproject.toml has no [project.entry-points."{GROUP}"]')
    root = folder / "src" if (folder / "src").is_dir() else folder
    for name, value in entries.items():
        module_name, _, attribute = str(value).partition(":")
        game = attrgetter(attribute)(_imported(module_name, root))
        if not (isinstance(game, type) and issubclass(game, Game)):
            raise NoGame(f"{value} is not a subclass of kibitz.rules.Game")
        yield f"{folder}: {name} = {value}", game


def _imported(name: str, root: Path) -> Any:
    """The module of that name below `root`, and no other that happens to have it."""
    if str(root) not in sys.path:
        sys.path.append(str(root))
    top = name.partition(".")[0]
    spec = find_spec(top)
    places = [] if spec is None else [spec.origin or "", *(spec.submodule_search_locations or ())]
    if places and not any(Path(place).is_relative_to(root) for place in places if place):
        raise NoGame(f"another module is called {top!r} ({places[0] or places[-1]}): rename yours")
    return importlib.import_module(name)
