"""The parts that pages are put together from, each drawn on its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, UndefinedError

from deploy.assets import icons
from deploy.assets.folder import TARGET, TEMPLATES, make
from deploy.assets.styles import used_tokens
from services.gateway.pages.formatting import day, moment, number, percent, whole_day
from services.gateway.pages.forms import Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.screens import templates

Draw = Callable[..., str]


@pytest.fixture(scope="module")
def environment() -> Environment:
    """The templates as the gateway opens them."""
    make()
    manifest = json.loads((TARGET / "manifest.json").read_text())
    return templates(manifest)


@pytest.fixture
def draw(environment: Environment) -> Draw:
    """Draw a macro: its file, what is written in a page, and what it is given."""

    def drawn(file: str, names: str, use: str, **given: Any) -> str:
        text = f'{{% from "ui/{file}.html" import {names} %}}{use}'
        return " ".join(environment.from_string(text).render(given).split())

    return drawn


def test_dates_and_numbers_are_dutch() -> None:
    """22-11-2026 and 12.345, in the time of Amsterdam."""
    assert number(12345) == "12.345"
    assert percent(1, 3) == "33%"
    assert percent(0, 0) == "0%"
    assert day("2026-11-22") == "22-11-2026"
    assert day("2026-11-21T23:30:00Z") == "22-11-2026"
    assert moment("2026-07-01T12:00:00Z") == "01-07-2026 om 14:00"
    assert whole_day("2026-11-22") == "Zondag 22 november 2026"


def test_a_wrong_field_keeps_what_was_typed_and_names_its_mistakes(draw: Draw) -> None:
    """For the eye and for who is read to; a password is never written back."""
    problem = Declined(400, "Fout", "Dit kan niet.", fields={"naam": ["Te kort.", "Te raar."]})
    form = Form({"naam": '"><b>', "geheim": "x1y2z3"}, problem)
    shown = draw("form", "field", '{{ field(form, "naam", "Naam", hint="Voluit") }}', form=form)
    assert 'value="&#34;&gt;&lt;b&gt;"' in shown
    assert 'aria-invalid="true" aria-describedby="naam-uitleg naam-fout1 naam-fout2"' in shown
    for place in ("naam-uitleg", "naam-fout1", "naam-fout2"):
        assert f'id="{place}"' in shown
    secret = draw("form", "field", '{{ field(form, "geheim", "G", type="password") }}', form=form)
    assert "x1y2z3" not in secret
    summary = draw("form", "summary", '{{ summary(form, {"naam": "Naam"}) }}', form=form)
    assert summary.count('href="#naam"') == 2
    assert "Te kort." in summary


def test_choices_texts_and_ticks_keep_what_was_chosen(draw: Draw) -> None:
    """The rest of a form after it came back."""
    form = Form({"soort": "b", "reden": "Omdat <3", "akkoord": "ja"})
    chosen = '{{ choice(form, "soort", "Soort", [("a", "A"), ("b", "B")]) }}'
    assert '<option value="b" selected>' in draw("form", "choice", chosen, form=form)
    text = draw("form", "text_area", '{{ text_area(form, "reden", "Reden") }}', form=form)
    assert "Omdat &lt;3</textarea>" in text
    assert " checked" in draw("form", "tick", '{{ tick(form, "akkoord", "Ja") }}', form=form)


def test_parts_of_a_sum_are_drawn_to_scale_and_a_tiny_one_is_seen(draw: Draw) -> None:
    """Together they fill the line."""
    parts = [
        {"count": 999, "words": "goed", "look": "ok", "address": "/x?a=1&b=2"},
        {"count": 1, "words": "fout", "look": "error", "address": ""},
        {"count": 0, "words": "niets", "look": "rest", "address": ""},
    ]
    shown = draw("sum", "sum", '{{ sum(1000, "samen", parts) }}', parts=parts)
    assert 'viewBox="0 0 1009.0 10"' in shown
    assert '<rect class="scale__error" x="999.0" width="10.0" height="10"/></svg>' in shown
    assert 'href="/x?a=1&amp;b=2"' in shown


def test_steps_and_tabs_say_which_one_is_shown(draw: Draw) -> None:
    """Those before it are done, in words too."""
    shown = draw("steps", "steps", '{{ steps(["Een", "Twee", "Drie"], 2) }}')
    assert shown.count("klaar") == 1
    assert shown.count('aria-current="step"') == 1
    tabs = '{{ tabs("Zaak", [("/a", "A"), ("/b", "B")], "/b") }}'
    assert 'href="/b" aria-current="page"' in draw("tabs", "tabs", tabs)


def test_pages_of_a_list_are_counted(draw: Draw) -> None:
    """The last page is not full."""
    use = '{{ pagination("/zaken?pagina=", 3, 25, 12345, "zaken") }}'
    shown = draw("pagination", "pagination", use)
    assert "51 tot en met 75 van 12.345 zaken" in shown
    assert 'href="/zaken?pagina=494"' in shown
    one = draw("pagination", "pagination", '{{ pagination("/z?pagina=", 1, 25, 3, "zaken") }}')
    assert "<nav" not in one


def test_filters_the_timeline_and_headings_that_sort(draw: Draw) -> None:
    """With their state for who cannot see it."""
    view = draw("filter", "view", '{{ view("/z", "Open", 1200, true) }}')
    assert 'aria-current="true"' in view
    assert "1.200" in view
    off = draw("filter", "chosen_filter", '{{ chosen_filter("/z", "Team: Noord") }}')
    assert "verwijder dit filter" in off
    entry = {"op": "2026-11-13T09:41:00Z", "wat": "<b>", "wie": "M. Bakker", "toelichting": None}
    line = draw("timeline", "timeline", "{{ timeline(entries) }}", entries=[entry])
    assert "&lt;b&gt;" in line
    assert "13-11-2026 om 10:41, M. Bakker" in line
    sort = draw("table", "sorted_by", '{{ sorted_by("?s=", "naam", "Naam", "naam") }}')
    assert 'aria-sort="ascending"' in sort
    assert 'href="?s=-naam"' in sort


def test_a_name_that_is_not_there_is_an_error(environment: Environment) -> None:
    """In a page as well as in the sprite."""
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nergens }}").render()
    with pytest.raises(KeyError):
        environment.from_string('{{ icon("bestaat-niet") }}').render()


def test_an_icon_that_lucide_does_not_have_stops_the_build(tmp_path: Path) -> None:
    """By its name, and not when somebody opens the page."""
    (tmp_path / "x.html").write_text('{{ icon("bell") }}{{ row(icon="geen-icoon") }}')
    assert icons.named_in(tmp_path) == ["bell", "geen-icoon"]
    (tmp_path / "lucide-static" / "icons").mkdir(parents=True)
    with pytest.raises(icons.NoSuchIconError, match="bell, geen-icoon"):
        icons.sprite(tmp_path, icons.named_in(tmp_path))
    assert "bell" in icons.named_in(TEMPLATES)


def test_only_tokens_that_something_reads_stay() -> None:
    """Also those that another one reads; the rest does nothing."""
    theme = ".voorbeeld-theme { --a: var(--b);\n --b: 1px;\n --c: red;\n --d: var(--c); }"
    kept = used_tokens(theme.replace("{ ", "{\n"), "p { margin: var( --a, var(--x)) }")
    assert kept == ".voorbeeld-theme {--a:var(--b);--b:1px;}"
