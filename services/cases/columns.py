"""What the tables of cases are made of."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """Text."""
    return sa.Column(name, sa.Text, nullable=nullable)


def number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """A whole number."""
    return sa.Column(name, sa.Integer, nullable=nullable)


def flag(name: str) -> sa.Column[bool]:
    """Yes or no."""
    return sa.Column(name, sa.Boolean, nullable=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """A moment."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def id_(name: str = "id", *, key: bool = False, nullable: bool = False) -> sa.Column[Any]:
    """An id."""
    return sa.Column(name, sa.Uuid, primary_key=key, nullable=nullable)


def filled_index(name: str, column: str, *more: str) -> sa.Index:
    """An index of the rows that have this column: those without are never looked for by it."""
    where = sa.text(f"{column} is not null")
    return sa.Index(name, "gemeente", column, *more, postgresql_where=where)
