"""From a template and the values of one resident to the PDF of a letter."""

from services.documents.renderer.drawing import render_letter
from services.documents.renderer.letter import LetterFailed, LetterTemplate, RenderedLetter
from services.documents.renderer.pool import LetterPool

__all__ = ["LetterFailed", "LetterPool", "LetterTemplate", "RenderedLetter", "render_letter"]
