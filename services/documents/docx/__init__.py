"""A Word document becomes the text of a letter, in a process that can do no harm."""

from services.documents.docx.conversion import MAX_DOCX, DocxConversion
from services.documents.docx.package import DocxRefused
from services.documents.docx.reading import Converted

__all__ = ["MAX_DOCX", "Converted", "DocxConversion", "DocxRefused"]
