"""One measured number, with its goal where it has one."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """`goal` is reached by what is at most that, or at least that (`is_least`)."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    is_least: bool = False
    note: str = ""

    @property
    def holds(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.is_least else self.value <= self.goal

    def line(self) -> str:
        sign = {None: " ", True: "+", False: "-"}[self.holds]
        goal = (
            "" if self.goal is None else f" ({'at least' if self.is_least else 'at most'} {self.goal:,.0f})"
        )
        return f"{sign} {self.name:<44} {self.value:>14,.1f} {self.unit}{goal} {self.note}".rstrip()

    def as_value(self) -> dict[str, object]:
        return {**asdict(self), "holds": self.holds}
