"""What happens when an administrator sets the gemeente's own column names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.intake import queries, tables
from services.intake.contract.definition import load_contract
from services.intake.domain import Alias, AliasList, check_aliases, require_version
from shared.chassis.work import Work


@dataclass(frozen=True, slots=True)
class SetAliases:
    """The whole list anew; `seen` is the version that it was made from (0: there was none)."""

    aliases: Sequence[Alias]
    seen: int


async def set_aliases(command: SetAliases, work: Work) -> dict[str, Any]:
    """The gemeente's own names are replaced, unless somebody else changed them meanwhile."""
    kept = check_aliases(command.aliases, load_contract())
    version = await queries.locked_alias_version(work)
    require_version(version, command.seen)
    changed = AliasList(work.gemeente, kept, version + 1, work.now, work.actor)
    work.save(tables.alias_lists, changed)
    return {"versie": changed.version}
