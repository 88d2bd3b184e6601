"""What all requests and answers of cases are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

T = TypeVar("T")
#: A row of a query, by column name.
Row = Mapping[Any, Any]
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_ONE_LINE),
]
#: Why somebody does something; it is shown to colleagues.
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=500),
]


class Request(BaseModel):
    """Base of everything that comes in: an unknown property is an error, not a silent loss."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Page(BaseModel, Generic[T]):
    """A page of results."""

    aantal: int
    pagina: int
    resultaten: list[T]
