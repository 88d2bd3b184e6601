"""What mailer reads: mails, template versions, and the sending slots of a sender."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.mailer.domain import STOP_MARGIN, Mail, Place, Sender, Template, Trial
from services.mailer.tables import (
    batches,
    mailbox_places,
    mails,
    paces,
    senders,
    templates,
    trials,
    withdrawn_orders,
)
from shared.chassis.mapper import Mapper
from shared.chassis.shelves import id_in
from shared.chassis.tables import gebruikers
from shared.chassis.work import Work
from shared.contracts.codes import Purpose

#: Slots are spread evenly. One second's worth that nobody took may be caught up, and a slot is
#: given out at most three seconds ahead: *Pauzeren* promises that nothing leaves after five.
SLACK = timedelta(seconds=1)
HORIZON = timedelta(seconds=3)

#: One statement takes the slots of a whole chunk, so two processes never get the same one. It reads
#: the gemeente's own limit with them: a limit that is set while mails leave holds from the next
#: slot on, in every process.
TAKE_SLOTS = sa.text("""
with clock as (select clock_timestamp() as now)
update paces p set
  granted = least(:many, ceil(greatest(0, extract(epoch from
    clock.now + :horizon - greatest(p.until, clock.now - :slack))
    * coalesce(p.per_minute, :usual) / 60.0)))::int,
  until = greatest(p.until, clock.now - :slack)
    + interval '1 minute' / coalesce(p.per_minute, :usual) * least(:many, ceil(greatest(0,
    extract(epoch from clock.now + :horizon - greatest(p.until, clock.now - :slack))
    * coalesce(p.per_minute, :usual) / 60.0)))
from clock where p.code = :code
returning p.granted, extract(epoch from p.until
  - p.granted * (interval '1 minute' / coalesce(p.per_minute, :usual)) - clock_timestamp()),
  60.0 / coalesce(p.per_minute, :usual)
""").bindparams(
    sa.bindparam("usual", type_=sa.Integer),
    sa.bindparam("slack", type_=sa.Interval),
    sa.bindparam("horizon", type_=sa.Interval),
)


@dataclass(frozen=True, slots=True)
class Slots:
    """Sending moments: how many, in how many seconds the first is, and the gap between two."""

    many: int
    first_in: float
    gap: float


async def take_slots(connection: AsyncConnection, code: str, many: int, usual: int) -> Slots:
    """Take up to `many` slots of a sender; fewer, or none, when others took them.

    `usual` is how many leave in a minute when the gemeente has no limit of its own.
    """
    values = {"code": code, "many": many, "usual": usual, "slack": SLACK, "horizon": HORIZON}
    row = (await connection.execute(TAKE_SLOTS, values)).one()
    return Slots(row[0], float(row[1]), float(row[2]))


async def own_limit(connection: AsyncConnection, gemeente: str) -> int | None:
    """How many mails of a gemeente leave in a minute; None when it set no limit."""
    found = await connection.execute(sa.select(paces.c.per_minute).where(paces.c.code == gemeente))
    return found.scalar_one_or_none()


async def open_mails(
    connection: AsyncConnection, mapper: Mapper, ids: Sequence[UUID]
) -> list[Mail]:
    """The mails with these ids that must still go out."""
    return [mail for mail in await _mails(connection, mapper, mails.c.id.in_(ids)) if mail.is_open]


async def stopped_mails(connection: AsyncConnection, waiting: Sequence[Mail]) -> set[UUID]:
    """Those of some mails that were asked for before their batch was stopped."""
    wanted = {mail.batch_id for mail in waiting}
    rows = await connection.execute(
        sa.select(batches.c.id, batches.c.stopped_at).where(
            batches.c.id.in_(wanted), batches.c.stopped_at.is_not(None)
        )
    )
    stopped_at = {row.id: row.stopped_at for row in rows}
    return {
        mail.id
        for mail in waiting
        if mail.batch_id in stopped_at
        and mail.purpose != Purpose.BATCH_READY
        and mail.requested_at <= stopped_at[mail.batch_id] + STOP_MARGIN
    }


async def withdrawn_mails(connection: AsyncConnection, waiting: Sequence[Mail]) -> dict[UUID, str]:
    """Those of some mails whose order was taken back, with the reason."""
    order = withdrawn_orders.c
    rows = await connection.execute(
        sa.select(order.id, order.reason).where(order.id.in_([mail.id for mail in waiting]))
    )
    return {row.id: row.reason for row in rows}


async def mail(connection: AsyncConnection, mapper: Mapper, mail_id: UUID) -> Mail | None:
    """One mail, or None."""
    found = await _mails(connection, mapper, mails.c.id == mail_id)
    return found[0] if found else None


async def _mails(connection: AsyncConnection, mapper: Mapper, condition: Any) -> list[Mail]:
    rows = (await connection.execute(sa.select(mails).where(condition))).mappings()
    return [mapper.to_item(mails, row) for row in rows]


async def mails_of(
    connection: AsyncConnection,
    mapper: Mapper,
    gemeente: str,
    case_id: UUID,
    offset: int,
    limit: int,
) -> tuple[int, list[Mail]]:
    """How many mails a case has, and one page of them, newest first."""
    condition = sa.and_(mails.c.gemeente == gemeente, mails.c.case_id == case_id)
    counted = await connection.execute(
        sa.select(sa.func.count()).select_from(mails).where(condition)
    )
    page = (
        sa.select(mails)
        .where(condition)
        .order_by(mails.c.requested_at.desc(), mails.c.id)
        .offset(offset)
        .limit(limit)
    )
    rows = (await connection.execute(page)).mappings()
    return counted.scalar_one(), [mapper.to_item(mails, row) for row in rows]


async def every_mail_of(
    connection: AsyncConnection, mapper: Mapper, gemeente: str, case_id: UUID
) -> list[Mail]:
    """All mails of a case, oldest first."""
    found = await _mails(
        connection, mapper, sa.and_(mails.c.gemeente == gemeente, mails.c.case_id == case_id)
    )
    return sorted(found, key=lambda mail: (mail.requested_at, mail.id))


async def sender(connection: AsyncConnection, gemeente: str) -> Sender | None:
    """Who a gemeente's mails come from, or None when its settings have not arrived."""
    row = (
        (await connection.execute(sa.select(senders).where(senders.c.code == gemeente)))
        .mappings()
        .first()
    )
    return None if row is None else Sender(**row)


async def template_versions(
    connection: AsyncConnection, ids: Collection[UUID]
) -> dict[UUID, Template]:
    """The template versions with these ids."""
    rows = await connection.execute(sa.select(templates).where(templates.c.id.in_(ids)))
    return {row["id"]: Template(**row) for row in rows.mappings()}


async def active_template(
    connection: AsyncConnection, gemeente: str, purpose: Purpose
) -> Template | None:
    """The version that was activated last for a purpose, or None."""
    newest = (
        sa.select(templates)
        .where(templates.c.gemeente == gemeente, templates.c.purpose == purpose.value)
        .order_by(templates.c.turn.desc())
        .limit(1)
    )
    row = (await connection.execute(newest)).mappings().first()
    return None if row is None else Template(**row)


async def lock_versions(
    connection: AsyncConnection, gemeente: str, purpose: str
) -> tuple[int, int]:
    """The highest version and turn of a purpose; changes of its templates wait for each other."""
    key = sa.func.hashtextextended(f"mail template {gemeente}|{purpose}", 0)
    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    highest = sa.select(
        sa.func.coalesce(sa.func.max(templates.c.version), 0),
        sa.func.coalesce(sa.func.max(templates.c.turn), 0),
    ).where(templates.c.gemeente == gemeente, templates.c.purpose == purpose)
    found = (await connection.execute(highest)).one()
    return found[0], found[1]


async def version_before(connection: AsyncConnection, of: Template) -> Template | None:
    """The version that a purpose had before this one."""
    statement = (
        sa.select(templates)
        .where(
            templates.c.gemeente == of.gemeente,
            templates.c.purpose == of.purpose,
            templates.c.version < of.version,
        )
        .order_by(templates.c.version.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else Template(**row)


async def active_ids(connection: AsyncConnection, gemeente: str) -> set[UUID]:
    """The active version of each purpose."""
    statement = (
        sa.select(templates.c.id)
        .where(templates.c.gemeente == gemeente)
        .ext(pg.distinct_on(templates.c.purpose))
        .order_by(templates.c.purpose, templates.c.turn.desc())
    )
    return set((await connection.execute(statement)).scalars())


async def user_names(connection: AsyncConnection, users: Collection[str]) -> dict[str, str]:
    """The names of the users that this service has met."""
    known = sa.select(gebruikers.c.id, gebruikers.c.name).where(gebruikers.c.id.in_(users))
    return {row[0]: row[1] for row in (await connection.execute(known)).all()}


async def all_templates(
    connection: AsyncConnection, gemeente: str, offset: int, limit: int
) -> tuple[int, list[Template]]:
    """How many template versions there are, and one page of them, newest first per purpose."""
    condition = templates.c.gemeente == gemeente
    counted = await connection.execute(
        sa.select(sa.func.count()).select_from(templates).where(condition)
    )
    page = (
        sa.select(templates)
        .where(condition)
        .order_by(templates.c.purpose, templates.c.version.desc())
        .offset(offset)
        .limit(limit)
    )
    rows = (await connection.execute(page)).mappings()
    return counted.scalar_one(), [Template(**row) for row in rows]


async def orphaned_sources(connection: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """The keys of kept mails that no mail has; one that failed has been kept too."""
    ids = {key: id_in(key.rpartition("/")[2].removesuffix(".eml")) for key in keys}
    wanted = sa.select(mails.c.id).where(mails.c.id.in_({found for found in ids.values() if found}))
    known = set((await connection.execute(wanted)).scalars())
    return {key for key, found in ids.items() if found is not None and found not in known}


async def place_in(connection: AsyncConnection, mailbox: str) -> Place | None:
    """How far a mailbox was read, or None when it never was."""
    place = mailbox_places.c
    statement = sa.select(place.validity, place.uid).where(place.mailbox == mailbox)
    row = (await connection.execute(statement)).first()
    return None if row is None else Place(row.validity, row.uid)


async def move_place(connection: AsyncConnection, mailbox: str, place: Place) -> None:
    """A mailbox was read so far. Two rounds at once: within a validity it never moves back."""
    adding = pg.insert(mailbox_places).values(
        mailbox=mailbox, validity=place.validity, uid=place.uid
    )
    known, new = mailbox_places.c, adding.excluded
    further = sa.or_(known.validity != new.validity, known.uid < new.uid)
    await connection.execute(
        adding.on_conflict_do_update(
            index_elements=["mailbox"],
            set_={"validity": new.validity, "uid": new.uid},
            where=further,
        )
    )


async def mails_by_id(
    connection: AsyncConnection, mapper: Mapper, ids: Collection[UUID]
) -> dict[UUID, Mail]:
    """The mails with these ids."""
    return {one.id: one for one in await _mails(connection, mapper, mails.c.id.in_(ids))}


async def lock_mail(work: Work, mail_id: UUID) -> Mail | None:
    """One mail, locked; who holds it is waited for."""
    statement = sa.select(mails).where(mails.c.id == mail_id).with_for_update()
    row = (await work.query(statement)).mappings().first()
    return None if row is None else work.mapper.to_item(mails, row)


async def trials_since(work: Work, user_id: str, since: datetime) -> list[datetime]:
    """When a colleague asked for trials after a moment, oldest first."""
    trial = trials.c
    those = (trial.gemeente == work.gemeente, trial.user_id == user_id, trial.asked_at > since)
    statement = sa.select(trial.asked_at).where(*those).order_by(trial.asked_at)
    return list((await work.query(statement)).scalars())


async def trials_by_id(work: Work, ids: Sequence[UUID]) -> list[Trial]:
    """The trials with these ids."""
    rows = (await work.query(sa.select(trials).where(trials.c.id.in_(ids)))).mappings()
    return [work.mapper.to_item(trials, row) for row in rows]


async def trial(connection: AsyncConnection, mapper: Mapper, trial_id: UUID) -> Trial | None:
    """One trial, or None."""
    statement = sa.select(trials).where(trials.c.id == trial_id)
    row = (await connection.execute(statement)).mappings().first()
    return None if row is None else mapper.to_item(trials, row)
