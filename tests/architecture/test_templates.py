"""The browser is told to refuse inline style and script; a template that has some would silently lose it."""

import re

import pytest

from tests.architecture.tree import PRODUCT, files, place

COMMENTS = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
INLINE = re.compile(
    r"<style\b"  # a style sheet in the page
    r"|<[^<>]*?\sstyle\s*="  # a style on an element
    r"|<[^<>]*?\son[a-z]+\s*="  # a handler on an element
    r"|\bhx-on\b"  # the same by htmx
    r"|javascript:"
    r"|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")",  # a script in the page; data are no script
    re.IGNORECASE,
)


def inline(text: str) -> list[str]:
    return INLINE.findall(COMMENTS.sub("", text))


def test_no_template_has_inline_style_or_script() -> None:
    found = {place(path): inline(path.read_text()) for path in files("templates", *PRODUCT, pattern="*.html")}

    assert {path: parts for path, parts in found.items() if parts} == {}


@pytest.mark.parametrize(
    "fault",
    [
        '<p style="color: red">',
        "<style>p { color: red }</style>",
        '<button type="button" onclick="go()">',
        '<div hx-on:click="go()">',
        '<a href="javascript:go()">',
        "<script>go()</script>",
    ],
)
def test_inline_is_seen(fault: str) -> None:
    assert len(inline(fault)) == 1


@pytest.mark.parametrize(
    "fine",
    [
        '<script type="module" src="/static/js/keys.js"></script>',
        '<script id="points" type="application/json">[1]</script>',
        '<meta name="htmx-config" content="{}">',
        '<c-badge tone="{{ state.tone }}" :on="yes" />',
        "{# style= is forbidden #}",
    ],
)
def test_what_is_fine_is_not(fine: str) -> None:
    assert inline(fine) == []
