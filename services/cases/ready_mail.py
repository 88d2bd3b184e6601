"""The mail that tells a colleague that a batch is ready, with a link to its overview."""

from __future__ import annotations

from uuid import UUID, uuid5

from services.cases import domain, queries
from services.cases.handlers.office import announced
from shared.chassis.service import Item
from shared.chassis.work import Work
from shared.contracts.codes import Channel, Purpose
from shared.contracts.events import EmailGevraagd
from shared.templating import batch_ready_values


class ReadyMails:
    """Orders these mails; their link leads to the gateway as users see it."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url.rstrip("/")

    async def order(self, item: Item, _: None, work: Work) -> None:
        """Order the mail to the colleague who started the batch, else to who approved it."""
        batch_id = UUID(item.payload["batch"])
        batch = await queries.batch(work.connection, work.mapper, batch_id)
        office = await queries.office(work.connection, work.mapper, work.gemeente)
        colleague = await queries.recipient(work.connection, batch) if batch else None
        if batch is None or office is None or colleague is None:
            return
        values = batch_ready_values(
            announced(office),
            medewerker=colleague["name"],
            batchnaam=batch.file_name,
            link=f"{self._public_url}/batches/{batch.id}",
            zaken=batch.case_count or 0,
            brieven=item.payload["letters"],
            emails=item.payload["mails"],
            mislukt=item.payload["failed"],
            afdrukbestand=item.payload["print_file"],
        )
        work.record(_mail(batch_id, colleague["email"], colleague["name"], values), sequence=1)

    async def failed(self, item: Item, reason: str, work: Work) -> None:
        """Nobody is told; the overview itself shows that the batch is ready."""


def _mail(batch_id: UUID, to: str, name: str, values: dict[str, str]) -> EmailGevraagd:
    delivery = uuid5(batch_id, f"{Purpose.BATCH_READY}|1|{Channel.EMAIL}")
    return EmailGevraagd(
        zaakId=batch_id,
        bezorgingId=delivery,
        pogingId=domain.attempt_of(delivery, 1),
        batchId=batch_id,
        doel=Purpose.BATCH_READY,
        aan=to,
        aanNaam=name,
        velden=values,
    )
