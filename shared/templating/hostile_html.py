"""Allow lists for the HTML of templates: tags, attributes, addresses and style sheets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from shared.contracts.codes import Channel

_TEXT_TAGS = frozenset(
    {"html", "head", "body", "title", "meta", "style", "p", "div", "span", "br", "hr", "b", "i"}
    | {"u", "em", "strong", "small", "sub", "sup", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol"}
    | {"li", "a", "img", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "colgroup"}
    | {"blockquote", "address", "pre", "center", "font", "dl", "dt", "dd", "header", "footer"}
)
_LETTER_TAGS = frozenset(
    {"pdf:pagenumber", "pdf:pagecount", "pdf:nextpage", "pdf:spacer", "pdf:barcode"}
)
_LINK = re.compile(r"(?:https://|mailto:|tel:|#|\$LINK\$)", re.IGNORECASE)
_INLINE_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]+")
_CSS_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]*)['\"]?\s*\)", re.IGNORECASE)
_CSS_FORBIDDEN = re.compile(r"@import|expression\s*\(|behavior\s*:|-moz-binding|\\", re.IGNORECASE)
_FIELD = re.compile(r"\$[A-Z][A-Z0-9_]*\$")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_FIELD_ATTRIBUTES = frozenset({"href", "value", "alt", "title", "content"})
_PICTURE_ATTRIBUTES = frozenset({"src", "background"})
_REFUSED_ATTRIBUTES = frozenset({"srcset", "action", "formaction", "data", "ping", "xlink:href"})


@dataclass(frozen=True)
class Problem:
    """Something in the HTML that is not allowed, with its line (from 1)."""

    code: str
    message: str
    line: int


def html_problems(source: str, channel: Channel, assets: frozenset[str]) -> list[Problem]:
    """Return everything in the HTML that a template may not hold."""
    reader = _Reader(channel, assets)
    reader.feed(source)
    reader.close()
    return reader.problems


class _Reader(HTMLParser):
    """Walks over the HTML and notes what is not on the lists."""

    def __init__(self, channel: Channel, assets: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[Problem] = []
        self._assets = assets
        self._tags = _TEXT_TAGS | (_LETTER_TAGS if channel is Channel.LETTER else frozenset())
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check an opening tag."""
        self._in_style = tag == "style"
        if tag not in self._tags:
            self._refuse("html-element", f"<{tag}> mag niet in een sjabloon. Haal het weg.")
        if _FIELD.search(_QUOTED.sub("", self.get_starttag_text() or "")):
            self._refuse(
                "veld-zonder-aanhalingstekens",
                f"Zet het veld in <{tag}> tussen dubbele aanhalingstekens.",
            )
        for name, value in attrs:
            self._check_attribute(tag, name, value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check a tag that closes itself; a style sheet cannot begin here."""
        self.handle_starttag(tag, attrs)
        self._in_style = False

    def handle_endtag(self, tag: str) -> None:
        """Leave a style sheet."""
        if tag == "style":
            self._in_style = False

    def handle_data(self, data: str) -> None:
        """Check a style sheet; other text may be anything."""
        if self._in_style:
            self._check_css(data)

    def unknown_decl(self, data: str) -> None:
        """Refuse conditional sections of office programs."""
        self._refuse("html-element", f"<![{data[:20]}…]> mag niet in een sjabloon. Haal het weg.")

    def handle_pi(self, data: str) -> None:
        """Refuse processing instructions."""
        self._refuse("html-element", f"<?{data[:20]}…> mag niet in een sjabloon. Haal het weg.")

    def _check_attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self._refuse("html-script", f"Het kenmerk {name} voert een script uit. Haal het weg.")
        elif name in _REFUSED_ATTRIBUTES or (tag == "meta" and name == "http-equiv"):
            self._refuse("html-kenmerk", f"Het kenmerk {name} van <{tag}> mag niet. Haal het weg.")
        elif name == "style":
            self._check_css(value)
        elif name in _PICTURE_ATTRIBUTES:
            self._check_picture(value)
        elif name == "href" and not _LINK.match(value.strip()):
            self._refuse(
                "html-adres",
                f"Een link mag alleen beginnen met https://, mailto:, tel: of $LINK$, "
                f"niet met '{value[:40]}'.",
            )
        if _FIELD.search(value) and name not in _FIELD_ATTRIBUTES:
            self._refuse("veld-plaats", f"Een veld mag niet in het kenmerk {name} van <{tag}>.")

    def _check_picture(self, address: str) -> None:
        if address in self._assets or _INLINE_PICTURE.fullmatch(address.strip()):
            return
        self._refuse(
            "html-adres",
            f"'{address[:60]}' staat niet bij dit sjabloon. Voeg het bestand toe aan het sjabloon; "
            "adressen op internet of op een schijf worden niet geopend.",
        )

    def _check_css(self, css: str) -> None:
        for match in _CSS_FORBIDDEN.finditer(css):
            before = css.count("\n", 0, match.start())
            self._refuse("html-stijl", f"'{match[0]}' mag niet in de opmaak. Haal het weg.", before)
        for match in _CSS_ADDRESS.finditer(css):
            if match[1] not in self._assets:
                self._refuse(
                    "html-adres",
                    f"'{match[1][:60]}' staat niet bij dit sjabloon. Voeg het bestand toe.",
                    css.count("\n", 0, match.start()),
                )
        if _FIELD.search(css):
            self._refuse("veld-plaats", "Een veld mag niet in de opmaak (style) staan.")

    def _refuse(self, code: str, message: str, further: int = 0) -> None:
        self.problems.append(Problem(code, message, self.getpos()[0] + further))
