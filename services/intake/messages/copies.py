"""What intake answers and takes about copies of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.intake.domain import Copy, CopyKind, CopyStatus


class NieuweKopie(BaseModel):
    """Which copy is wanted."""

    model_config = ConfigDict(extra="forbid")

    soort: CopyKind


class Kopie(BaseModel):
    """A copy of an upload for who sent it."""

    id: UUID
    uploadId: UUID
    soort: CopyKind
    status: CopyStatus
    aangevraagdOp: datetime
    vervaltOp: datetime
    aantalBytes: int
    reden: str | None

    @classmethod
    def of(cls, copy: Copy) -> Self:
        """A copy as the queries give it."""
        return cls(
            id=copy.id,
            uploadId=copy.upload_id,
            soort=copy.kind,
            status=copy.status,
            aangevraagdOp=copy.requested_at,
            vervaltOp=copy.expires_at,
            aantalBytes=copy.size,
            reden=copy.reason,
        )


class Kopieen(BaseModel):
    """A page of copies, newest first."""

    aantal: int
    pagina: int
    resultaten: list[Kopie]

    @classmethod
    def of(cls, total: int, page: int, copies: Sequence[Copy]) -> Self:
        """A page as the queries give it."""
        return cls(aantal=total, pagina=page, resultaten=[Kopie.of(copy) for copy in copies])
