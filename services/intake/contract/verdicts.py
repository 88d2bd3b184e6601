"""What the reading of one cell can end in, besides a plain value."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that holds no value: an error value of Excel, or a formula without a cached value."""

    text: str

    @property
    def is_formula(self) -> bool:
        """Tell whether the cell is a formula that was never calculated."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Problem:
    """The cell is wrong: the kind of finding and what its message needs."""

    kind: str
    hint: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Remarked:
    """The cell is right, and the user should know something about it."""

    value: object
    kind: str
    hint: Mapping[str, str] = field(default_factory=dict, hash=False)


REQUIRED = Problem("verplicht-leeg")
