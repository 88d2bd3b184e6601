"""Faust's consumer, kept on a leash: what is committed, what goes back, what is handed on.

Stock Faust commits past an un-acked message (faust#606), can sit outside its group for ever while
it looks healthy, and makes four tasks of every message. The version is pinned, because private
names are used.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from mode import Service
from mode.utils.futures import notify

from shared.chassis.codec import TYPE_HEADER

#: Longer than the longest legal rebalance; a member that is out longer will not come back.
MEMBERSHIP_TIMEOUT_SECONDS = 120.0
FETCH_SECONDS = 1.0
#: Messages handed on before others get a turn in the event loop.
TURN = 50


class _NothingRead(dict[Any, int | None]):
    """Stands for Faust's read offsets, by which it drops what it takes for a repetition.

    A rebalance sets positions back while a message of before is in hand; Faust then notes that
    one's offset, and silently drops all that is read again before it. The inbox knows
    repetitions, so nothing has to be dropped.
    """

    def __missing__(self, _: Any) -> None:
        return None

    def __setitem__(self, _: Any, __: int | None) -> None:
        """Keep nothing."""

    def update(self, *_: Any, **__: Any) -> None:
        """Keep nothing."""


class StrictConsumer(driver.Consumer):
    """Commits only the contiguous prefix of delivered offsets that was acked."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._delivered: dict[Any, deque[int]] = {}
        self._seeks = 0
        super().__init__(*args, **options)
        self._read_offset = _NothingRead()

    async def _wait_next_records(self, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's own
        """Drop records that were fetched before positions went back, and read from there.

        Faust means to wait for this fetch before it seeks, but sets the signal where it should
        clear it. Delivered, such records would be taken for the first ones, and the commit would
        pass what is read again behind them.
        """
        before = self._seeks
        records, active = await super()._wait_next_records(timeout)
        if records and self._seeks != before:
            await self._go_back()
            return {}, active
        return records, active

    async def _drain_messages(self, fetcher: Any) -> None:
        """Hand on what is fetched, until this consumer or its fetcher stops."""
        ended: tuple[type[BaseException], ...] = (
            asyncio.CancelledError,
            *self.consumer_stopped_errors,
        )
        try:
            while not (self.should_stop or fetcher.should_stop):
                records, active = await self._wait_next_records(FETCH_SECONDS)
                await self.sleep(0)
                if not self.flow_active:
                    await self._go_back()
                elif records and not self.should_stop:
                    # A fetch at a time; a rebalance ends it wherever it is.
                    await self.wait_first(self._hand_on(records, active), self.suspend_flow.wait())
        except ended:
            if not self.app.should_stop:
                raise

    async def _hand_on(self, records: Mapping[Any, Any], active: set[Any] | None) -> None:
        """Give each record of a fetch to its stream, the partitions in turn."""
        app: Any = self.app
        generation = app.consumer_generation_id
        for number, (tp, record) in enumerate(self.scheduler.iterate(records)):
            if not self.flow_active or app.consumer_generation_id != generation:
                return
            if active is not None and tp not in active and tp not in self._buffered_partitions:
                continue
            if _is_one_of(app.unwanted, record):
                self._pass_by(tp, record.offset)
            else:
                await self.callback(self._to_message(tp, record))
            if number % TURN == 0:
                await asyncio.sleep(0)

    def on_buffer_full(self, tp: Any) -> None:
        """A full stream makes `_hand_on` wait; Faust would stop fetching, for a second at least."""

    def on_buffer_drop(self, tp: Any) -> None:
        """Nothing was stopped."""

    async def _go_back(self) -> None:
        """What was fetched while nothing may flow is read again later."""
        with suppress(IllegalStateError):  # no longer ours: the rebalance will seek
            await self.perform_seek()

    def _to_message(self, tp: Any, record: Any) -> Any:
        if self.app.topics.acks_enabled_for(record.topic):
            self._deliver(tp, record.offset)
        return super()._to_message(tp, record)

    def _deliver(self, tp: Any, offset: int) -> bool:
        """Note that this is being handed on; answers whether it must be acked."""
        waiting, committed = self._delivered.setdefault(tp, deque()), self._committed_offset[tp]
        while waiting and waiting[-1] >= offset:  # read again from here on
            waiting.pop()
        if committed is not None and offset < committed:
            return False
        waiting.append(offset)
        return True

    def _pass_by(self, tp: Any, offset: int) -> None:
        """A record that nobody here wants is done as soon as it is seen."""
        if self._deliver(tp, offset) and offset not in self._acked_index[tp]:
            self._acked_index[tp].add(offset)
            self._acked[tp].append(offset)

    def _new_offset(self, tp: Any) -> int | None:
        waiting, acked = self._delivered.get(tp), self._acked[tp]
        if not waiting or not acked:
            return None
        committed, done, last = self._committed_offset[tp], set(acked), None
        while waiting and committed is not None and waiting[0] < committed:
            waiting.popleft()
        while waiting and waiting[0] in done:
            last = waiting.popleft()
        if last is None:
            return None
        acked[:] = [offset for offset in acked if offset > last]
        self._acked_index[tp] = {offset for offset in self._acked_index[tp] if offset > last}
        return last + 1

    @Service.task
    async def _group_watchdog(self) -> None:
        """End the process when the group is lost: Faust itself never notices."""
        lost_since: float | None = None
        while not self.should_stop:
            await self.sleep(1.0)
            coordinator = getattr(self._thread._consumer, "_coordinator", None)  # noqa: SLF001
            if coordinator is None or not hasattr(coordinator, "_pending_exception"):
                continue
            if coordinator._pending_exception is not None:  # noqa: SLF001
                await self.crash(coordinator._pending_exception)  # noqa: SLF001
                return
            lost_since = None if coordinator.member_id else (lost_since or monotonic())
            if lost_since and monotonic() - lost_since > MEMBERSHIP_TIMEOUT_SECONDS:
                await self.crash(RuntimeError("not a member of the consumer group"))
                return

    def abandon(self, message: Any) -> None:
        """Give a message up un-acked, while rebalancing or stopping; it will be delivered again."""
        self._unacked_messages.discard(message)
        notify(self._waiting_for_ack)

    async def perform_seek(self) -> None:
        """Positions go back to what was committed: forget everything newer."""
        self._seeks += 1
        self._delivered.clear()
        for tp in list(self._acked):
            self._acked[tp].clear()
            self._acked_index[tp].clear()
        await super().perform_seek()

    async def seek_to_committed(self) -> Any:
        """Go back to what was committed; where nothing was, to the beginning.

        aiokafka leaves a partition without a committed offset where it stands, and so skips what
        was read of it and given up.
        """
        committed = await super().seek_to_committed()
        if begun := [tp for tp, offset in committed.items() if not offset]:
            await self._thread.seek_to_beginning(*begun)
        return committed

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """Forget what was delivered of partitions that are no longer ours."""
        try:
            await super().on_partitions_revoked(revoked)
        finally:
            for tp in revoked:
                self._delivered.pop(tp, None)


class StrictTransport(driver.Transport):
    """The aiokafka transport with the strict consumer."""

    Consumer = StrictConsumer


def _is_one_of(types: frozenset[bytes], record: Any) -> bool:
    """Whether the record's header says that it is one of these types."""
    return any(name == TYPE_HEADER and value in types for name, value in record.headers)
