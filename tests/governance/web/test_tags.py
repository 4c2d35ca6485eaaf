from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from governance.web.templatetags import web
from listings.enums import ImportState


def rendered(source: str, address: str = "/", **context: object) -> str:
    request = RequestFactory().get(address)
    return Template("{% load web %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize(
    ("spans", "html"),
    [
        ([], "a &lt;b&gt; &amp; c"),
        ([(2, 5)], "a <mark>&lt;b&gt;</mark> &amp; c"),
        ([(2, 4), (3, 5)], "a <mark>&lt;b&gt;</mark> &amp; c"),
        ([(6, 99)], "a &lt;b&gt; <mark>&amp; c</mark>"),
        ([(-4, 1), (5, 5), (7, 3)], "<mark>a</mark> &lt;b&gt; &amp; c"),
        ([{"start": 0, "end": 1}], "<mark>a</mark> &lt;b&gt; &amp; c"),
        (None, "a &lt;b&gt; &amp; c"),
    ],
)
def test_highlight_escapes_and_marks(spans: list[Any] | None, html: str) -> None:
    assert web.highlight("a <b> & c", spans) == html


def test_highlight_counts_characters_not_bytes() -> None:
    assert web.highlight("كرات 🧲 b", [(5, 6)]) == "كرات <mark>🧲</mark> b"


def test_highlight_counts_the_original_when_a_component_passed_it_on() -> None:
    assert (
        rendered("{% filter highlight:spans %}{{ text }}{% endfilter %}", text="<b> c", spans=[(4, 5)])
        == "&lt;b&gt; <mark>c</mark>"
    )


def test_flat_escapes_what_a_colon_bound() -> None:
    attrs = {"data-x": '"><script>', "hidden": True, "title": None, "aria-busy": False, 'x" y': "no"}
    assert web.flat(attrs) == ' data-x="&quot;&gt;&lt;script&gt;" hidden'


def test_query_replaces_and_starts_at_the_first_page() -> None:
    assert (
        rendered('{% query sort="-price" q=None %}', "/?q=a&state=x&state=y&cursor=c")
        == "?state=x&amp;state=y&amp;sort=-price"
    )


def test_query_toggle() -> None:
    assert rendered('{% query_toggle "state" "x" %}', "/?state=x&state=y") == "?state=y"
    assert rendered('{% query_toggle "state" "z" %}', "/?state=x") == "?state=x&amp;state=z"


@pytest.mark.parametrize(
    ("key", "cap"), [("r", "R"), ("j", "j"), ("Ctrl+Enter", "Ctrl ↵"), ("?", "?"), ("Enter", "↵"), ("g h", "g h")]
)
def test_keycap(key: str, cap: str) -> None:
    assert web.keycap(key) == cap


def test_state_reads_the_tables_beside_its_enum() -> None:
    mark = web.mark_of(ImportState.FAILED)
    assert (mark.tone, mark.icon, str(mark.label)) == ("critical", "critical", "Stopped by an error")


def test_shorten_names_the_rest() -> None:
    assert web.shorten(["DE", "FR", "IT"], 2) == {"rows": ["DE", "FR", "IT"], "rest": []}
    assert web.shorten(["DE", "FR", "IT", "ES"], "2") == {"rows": ["DE", "FR"], "rest": ["IT", "ES"]}


def test_unknown_numbers_are_shown_as_unknown() -> None:
    assert [web.number(None), web.percent(None), web.signed(None)] == ["–", "–", "–"]


def test_headings_in_arabic_have_ids_of_their_own() -> None:
    assert (web.anchor("How to begin"), web.anchor("طريقة عملك")) == ("how-to-begin", "طريقة-عملك")
