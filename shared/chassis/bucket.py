"""The object store (S3): files by key, sealed when they hold personal data.

boto3 is synchronous, so its calls run in threads. What S3 answers with is sorted once: a missing
key is `None`, everything that may pass is StoreUnavailable.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared.chassis.errors import StoreUnavailable
from shared.chassis.sealing import KeyRing
from shared.chassis.settings import StoreSettings

THREADS = 8
CHUNK = 256 * 1024
#: Sealed files are opened whole; the largest is an upload of 50 MB.
TIMEOUTS = Config(
    connect_timeout=3,
    read_timeout=20,
    retries={"max_attempts": 2, "mode": "standard"},
    max_pool_connections=THREADS,
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in a list; the moment is by the store's clock."""

    key: str
    modified_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Peek:
    """An object's first byte, media type and version."""

    first: bytes
    content_type: str
    version: str


class Bucket:
    """One bucket. Keys hold ids only, never a name or a BSN."""

    def __init__(self, settings: StoreSettings, keys: KeyRing) -> None:
        self._name = settings.s3_bucket
        self._keys = keys
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="s3")
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint,
            region_name=settings.s3_region,
            aws_access_key_id=settings.s3_access_key.get_secret_value(),
            aws_secret_access_key=settings.s3_secret_key.get_secret_value(),
            config=TIMEOUTS,
        )

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store bytes under a key; again with the same key replaces them."""
        await self._call("put_object", Key=key, Body=content, ContentType=content_type)

    async def put_file(self, key: str, path: str, content_type: str) -> None:
        """Store a file of any size."""
        await self._run(
            self._client.upload_file, path, self._name, key, {"ContentType": content_type}
        )

    async def get(self, key: str) -> bytes | None:
        """The bytes under a key, or None."""
        answer = await self._call("get_object", Key=key)
        return None if answer is None else await self._run(answer["Body"].read)

    async def get_to_file(self, key: str, path: str) -> bool:
        """Fetch an object into a file; False when there is none."""
        answer = await self._call("get_object", Key=key)
        if answer is None:
            return False
        await self._run(_save, answer["Body"], path)
        return True

    async def stream(self, key: str) -> tuple[int, AsyncIterator[bytes]] | None:
        """The size of an object and its bytes in pieces, or None."""
        answer = await self._call("get_object", Key=key)
        if answer is None:
            return None
        return answer["ContentLength"], self._pieces(answer["Body"])

    async def _pieces(self, body: Any) -> AsyncIterator[bytes]:
        while piece := await self._run(body.read, CHUNK):
            yield piece

    async def put_sealed(self, key: str, content: bytes) -> None:
        """Seal bytes, bound to their key, and store them."""
        sealed = self._keys.seal(content, context_of(key))
        await self.put(key, sealed, "application/vnd.heronderzoek.sealed")

    async def get_sealed(self, key: str) -> bytes | None:
        """Open sealed bytes; None when there are none, SealBroken when they were changed."""
        sealed = await self.get(key)
        return None if sealed is None else self._keys.unseal(sealed, context_of(key))

    async def delete(self, key: str) -> None:
        """Remove an object; a missing one is fine."""
        await self._call("delete_object", Key=key)

    async def peek(self, key: str) -> Peek | None:
        """The first byte of an object with what it is and which version; None without one."""
        answer = await self._call("get_object", Key=key, Range="bytes=0-0")
        if answer is None:
            return None
        return Peek(await self._run(answer["Body"].read), answer["ContentType"], answer["ETag"])

    async def keys(self, prefix: str) -> list[str]:
        """All keys under a prefix, in order."""
        return [stored.key async for page in self.pages(prefix) for stored in page]

    async def pages(self, prefix: str) -> AsyncIterator[list[Stored]]:
        """What lies under a prefix, in order of key, at most a thousand at a time."""
        options: dict[str, Any] = {"Prefix": prefix}
        while True:
            answer = await self._call("list_objects_v2", **options)
            if answer is None:
                return
            yield [
                Stored(item["Key"], item["LastModified"], item["Size"])
                for item in answer.get("Contents", [])
            ]
            if not answer.get("IsTruncated"):
                return
            options["ContinuationToken"] = answer["NextContinuationToken"]

    async def ready(self) -> bool:
        """Whether the bucket answers."""
        try:
            return await self._call("head_bucket") is not None
        except StoreUnavailable:
            return False

    async def make(self) -> None:
        """Make the bucket when it is not there yet (local and test installations)."""
        if await self._call("head_bucket") is None:
            await self._call("create_bucket")

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown(wait=False)
        self._client.close()

    async def _call(self, method: str, **arguments: Any) -> Any:
        return await self._run(getattr(self._client, method), Bucket=self._name, **arguments)

    async def _run(self, function: Any, *arguments: Any, **named: Any) -> Any:
        def call() -> Any:
            return function(*arguments, **named)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except ClientError as error:
            return _answer_to(error)
        except (BotoCoreError, OSError) as error:
            raise StoreUnavailable(type(error).__name__) from None


def _save(body: Any, path: str) -> None:
    with Path(path).open("wb") as file:
        shutil.copyfileobj(body, file, CHUNK)


def _answer_to(error: ClientError) -> None:
    """None for what is not there; StoreUnavailable for the rest."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = error.response.get("Error", {}).get("Code", "")
    if code in {"NoSuchKey", "NoSuchBucket", "404", "NotFound"} or status == 404:  # noqa: PLR2004
        return
    raise StoreUnavailable(code or str(status))


def context_of(key: str) -> bytes:
    """What the sealed content under a key is bound to."""
    return f"s3|{key}".encode()
