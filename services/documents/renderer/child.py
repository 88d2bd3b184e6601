"""The process that draws letters: it knows templates by version and answers letter by letter.

xhtml2pdf and reportlab keep global state and can hang or die on a hostile template, so they only
ever run here, in limited memory and, where the kernel allows, without a network. The process ends
when its pipe closes, so none outlives its parent.
"""

from __future__ import annotations

import contextlib
import resource
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection

from services.documents.renderer.drawing import render_letter
from services.documents.renderer.letter import (
    LayoutBroken,
    LetterFailed,
    LetterTemplate,
    RenderedLetter,
)
from shared.chassis.confinement import confine

MEMORY_LIMIT = 1024 * 1024 * 1024  # a letter takes 120 MB; a picture bomb takes all there is


@dataclass(frozen=True)
class Chunk:
    """Letters of one template. `template` is None when this process already has the version."""

    version_id: str
    template: LetterTemplate | None
    letters: tuple[dict[str, str], ...]


Answer = RenderedLetter | tuple[str, str]
"""A letter, or the kind and the reason of its failure."""


def serve(pipe: Connection) -> None:
    """Say that it is ready, then draw what comes through the pipe until it closes.

    The first thing said is whether the process could leave the network.
    """
    is_alone = confine()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    templates: dict[str, LetterTemplate] = {}
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        pipe.send(is_alone)  # ready: the libraries are loaded
        while True:
            chunk: Chunk = pipe.recv()
            if chunk.template is not None:
                templates[chunk.version_id] = chunk.template
            for values in chunk.letters:
                pipe.send(_answer(templates[chunk.version_id], values))


def _answer(template: LetterTemplate, values: dict[str, str]) -> Answer:
    try:
        return render_letter(template, values)
    except LetterFailed as failure:
        return (failure.kind, failure.reason)
    except MemoryError:
        too_large = LayoutBroken.because("de brief vraagt te veel geheugen")
        return (too_large.kind, too_large.reason)
