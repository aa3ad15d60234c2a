"""The models that the package ships: every SQL file below `models/`, each after the ones it reads."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from importlib.resources.abc import Traversable

from kibitz_etl.errors import BadModel
from kibitz_etl.header import parse_model
from kibitz_etl.model import Check, Column, Model, Published, Touch, Window
from kibitz_etl.sources import JOURNAL_BATCH, TELEMETRY

__all__ = [
    "Check",
    "Column",
    "Model",
    "Published",
    "Touch",
    "Window",
    "load_models",
    "origins",
    "parse_model",
    "reaches",
]

JOURNAL = "journal"
OF_TELEMETRY = "telemetry"
_ORIGIN = {JOURNAL_BATCH: JOURNAL, **{source.batch: OF_TELEMETRY for source in TELEMETRY}}


def load_models(root: Traversable | None = None) -> tuple[Model, ...]:
    """Every model, each after the ones it reads. Raises `BadModel`."""
    root = root if root is not None else files("kibitz_etl") / "models"
    found = [
        parse_model(file.name, file.read_text("utf-8"))
        for folder in root.iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    ]
    by_name = {model.name: model for model in sorted(found, key=lambda model: model.name)}
    if len(by_name) != len(found):
        raise BadModel("two model files have the same name")
    for model in by_name.values():
        for source in model.sources:
            if source not in by_name and source not in _ORIGIN:
                raise BadModel(f"{model.name}.sql: nothing makes its source '{source}'")
    graph = {name: [s for s in model.sources if s in by_name] for name, model in by_name.items()}
    try:
        return tuple(by_name[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as cycle:
        raise BadModel(f"the models read each other in a circle: {cycle.args[1]}") from None


def origins(models: tuple[Model, ...]) -> Mapping[str, frozenset[str]]:
    """By table: `journal`, `telemetry` or both, through all that it reads. `models` are in order."""
    found: dict[str, frozenset[str]] = {name: frozenset({origin}) for name, origin in _ORIGIN.items()}
    for model in models:
        found[model.name] = frozenset().union(*(found[source] for source in model.sources))
    return found


def reaches(models: tuple[Model, ...]) -> Mapping[str, int]:
    """By table: how many days after a touched one may change, through all that it reads."""
    found: dict[str, int] = {}
    for model in models:
        found[model.name] = max(model.reach_days, *(found.get(source, 0) for source in model.sources))
    return found
