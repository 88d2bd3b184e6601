"""Letters drawn by processes that may hang, die or grow old."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.documents.renderer import (
    LetterPool,
    LetterTemplate,
    RenderedLetter,
    render_letter,
)
from services.documents.renderer.letter import AssetMissing, RenderCrashed, RenderTimedOut
from shared.contracts.codes import Purpose
from shared.contracts.merge_fields import example_values
from tests.support import namespaces

EXAMPLE = example_values(Purpose.INVITATION)
LETTER = LetterTemplate("v1", "<html><body><p>$AANHEF$</p></body></html>")


@pytest.fixture
async def pool() -> AsyncIterator[LetterPool]:
    """Return a pool of one process."""
    running = LetterPool(1)
    yield running
    await running.close()


async def until(condition: Callable[[], bool], limit: float = 30) -> None:
    """Wait for a condition, with a limit."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "the condition did not come true"
        await asyncio.sleep(0.005)


def letters(pool: LetterPool, count: int) -> list[asyncio.Task[RenderedLetter]]:
    """Ask for letters that differ."""
    return [
        asyncio.create_task(pool.render(LETTER, {**EXAMPLE, "AANHEF": f"Geachte inwoner {n},"}))
        for n in range(count)
    ]


async def test_a_pool_draws_the_same_bytes_as_a_plain_call(pool: LetterPool) -> None:
    """Whichever process draws it, a letter is the same letter."""
    drawn = await asyncio.gather(*(pool.render(LETTER, EXAMPLE) for _ in range(20)))
    assert {letter.pdf for letter in drawn} == {render_letter(LETTER, EXAMPLE).pdf}


async def test_each_letter_comes_back_to_who_asked_for_it(pool: LetterPool) -> None:
    """Chunks do not mix up residents."""
    many = [{**EXAMPLE, "AANHEF": f"Geachte inwoner {n},"} for n in range(30)]
    drawn = await asyncio.gather(*(pool.render(LETTER, values) for values in many))
    assert [letter.pdf for letter in drawn[:3]] == [
        render_letter(LETTER, values).pdf for values in many[:3]
    ]
    assert len({letter.pdf for letter in drawn}) == 30


async def test_a_bad_letter_fails_alone(pool: LetterPool) -> None:
    """With its own kind of failure, and the others are drawn."""
    bad = LetterTemplate("bad", '<img src="http://127.0.0.1:9/x.png">')
    results = await asyncio.gather(
        pool.render(LETTER, EXAMPLE),
        pool.render(bad, EXAMPLE),
        pool.render(LETTER, EXAMPLE),
        return_exceptions=True,
    )
    assert isinstance(results[1], AssetMissing)
    assert not isinstance(results[0], BaseException)
    assert not isinstance(results[2], BaseException)


async def test_nothing_runs_before_the_first_letter(pool: LetterPool) -> None:
    """A service that draws nothing costs nothing."""
    assert pool.process_ids == frozenset()


async def test_letters_survive_the_death_of_their_process(pool: LetterPool) -> None:
    """One death costs no letter."""
    waiting = letters(pool, 12)
    await until(lambda: bool(pool.process_ids))
    (process,) = pool.process_ids
    os.kill(process, signal.SIGKILL)
    assert len(await asyncio.gather(*waiting)) == 12
    assert process not in pool.process_ids


async def test_a_letter_whose_process_dies_twice_fails_with_a_reason(pool: LetterPool) -> None:
    """It is tried once more, not for ever."""
    (waiting,) = letters(pool, 1)
    killed: set[int] = set()
    for _ in range(2):
        await until(lambda: bool(pool.process_ids - killed))
        (process,) = pool.process_ids - killed
        killed.add(process)
        os.kill(process, signal.SIGKILL)
    with pytest.raises(RenderCrashed, match="twee keer"):
        await waiting


async def test_a_letter_that_hangs_fails_and_the_rest_goes_on() -> None:
    """The process is killed after the limit, and a new one draws the others."""
    pool = LetterPool(1, render_timeout=timedelta(seconds=4))
    await pool.render(LETTER, EXAMPLE)
    (process,) = pool.process_ids
    os.kill(process, signal.SIGSTOP)
    results = await asyncio.gather(*letters(pool, 3), return_exceptions=True)
    await pool.close()
    assert isinstance(results[0], RenderTimedOut)
    assert not any(isinstance(result, BaseException) for result in results[1:])
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


async def test_an_idle_pool_gives_its_memory_back_and_starts_again() -> None:
    """Between two batches no process remains."""
    pool = LetterPool(1, idle_timeout=timedelta(milliseconds=100))
    first = await pool.render(LETTER, EXAMPLE)
    await until(lambda: not pool.process_ids)
    assert (await pool.render(LETTER, EXAMPLE)).pdf == first.pdf
    await pool.close()


async def test_closing_ends_the_processes_and_fails_who_still_waits() -> None:
    """Nobody waits for ever when a service stops."""
    pool = LetterPool(2)
    waiting = letters(pool, 40)
    await until(lambda: bool(pool.process_ids))
    processes = pool.process_ids
    await pool.close()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, RenderCrashed) for result in results)
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    with pytest.raises(RenderCrashed):
        await pool.render(LETTER, EXAMPLE)


async def test_a_drawing_process_has_no_network(pool: LetterPool) -> None:
    """It stands in another network than ours, where the kernel allows that, and still draws."""
    letter = await pool.render(LETTER, EXAMPLE)
    assert letter.pdf.startswith(b"%PDF")
    (child,) = pool.process_ids
    if not namespaces.are_allowed():
        pytest.skip("this kernel gives no network namespace to an ordinary process")
    assert network_of(str(child)) != network_of("self")
    assert interfaces_of(str(child)) == ["lo"]


def network_of(process: str) -> Path:
    """The network namespace that a process stands in."""
    return Path(f"/proc/{process}/ns/net").readlink()


def interfaces_of(process: str) -> list[str]:
    """The interfaces that a process sees; two lines of headings stand above them."""
    lines = Path(f"/proc/{process}/net/dev").read_text(encoding="ascii").splitlines()[2:]
    return [line.split(":")[0].strip() for line in lines]
