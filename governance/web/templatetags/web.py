"""`{% load web %}`: words, numbers, addresses and marks for templates. Everything that comes from outside is escaped here."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

from django import template
from django.db.models import Choices, Model
from django.forms import BoundField, CheckboxInput
from django.http import QueryDict
from django.template import Context
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeData, SafeString
from django.utils.text import slugify
from django_cotton.templatetags import Attrs

from governance.web import formats, people, toasts, tones

register = template.Library()

ATTRIBUTE = re.compile(r"^[a-z][a-z0-9:._-]*$")

register.filter("exact", formats.exact)
register.filter("minute", formats.minute)
register.filter("compact", formats.compact)
register.filter("country", formats.country)
register.filter("language_name", formats.language_name)
register.filter("direction", formats.direction)
register.filter("size", formats.size)
register.simple_tag(formats.money, name="money")
register.simple_tag(formats.comma, name="comma")
register.simple_tag(toasts.toast_of)


@register.filter
def relative(moment: datetime) -> str:
    return formats.relative(moment)


@register.filter
def day(moment: datetime | date) -> str:
    return formats.day(moment)


@register.filter
def iso(moment: datetime | date) -> str:
    return moment.isoformat()


@register.filter
def span(length: timedelta | float) -> str:
    """A length of time, given as a timedelta or in seconds."""
    return formats.span(length if isinstance(length, timedelta) else timedelta(seconds=length))


@register.filter
def number(value: formats.Number | None, digits: int | None = None) -> str:
    return "–" if value is None else formats.number(value, digits=digits)


@register.filter
def signed(value: formats.Number | None, digits: int | None = None) -> str:
    return "–" if value is None else formats.signed(value, digits=digits)


@register.filter
def percent(share: formats.Number | None, digits: int = 1) -> str:
    return "–" if share is None else formats.percent(share, digits=digits)


@register.filter
def face(person: Any, you: Any = None) -> people.Face:
    return people.face_of(person, you=you)


@register.simple_tag
def state(obj: Model, field: str = "state") -> tones.Mark:
    return tones.mark_of_field(obj, field)


@register.filter
def mark_of(member: Choices) -> tones.Mark:
    return tones.mark_of(member)


@register.filter
def flat(attrs: Mapping[str, Any]) -> SafeString:
    """A component's remaining attributes as HTML. Cotton's own `{{ attrs }}` does not escape values bound with a colon."""
    parts: list[SafeString] = []
    given = attrs.attrs_dict() if isinstance(attrs, Attrs) else attrs
    for name, value in given.items():
        if value is None or value is False or not ATTRIBUTE.match(name):
            continue
        parts.append(format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value))
    return format_html_join("", "{}", ((part,) for part in parts))


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's query string with some keys replaced; `None` removes one. A change of anything starts at the first page."""
    params = _params(context)
    params.pop("cursor", None)
    for key, value in changes.items():
        if value is None or value == "":
            params.pop(key, None)
        else:
            params[key] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def query_toggle(context: Context, key: str, value: Any) -> str:
    """The page's query string with one value of a key added, or taken away if it is there."""
    params = _params(context)
    params.pop("cursor", None)
    values = params.getlist(key)
    text = str(value)
    params.setlist(key, [kept for kept in values if kept != text] if text in values else [*values, text])
    return f"?{params.urlencode()}"


def _params(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if request else QueryDict(mutable=True)


@register.filter
def highlight(text: str, spans: Iterable[Any] | None) -> SafeString:
    """The text escaped, with `<mark>` around each span: (start, end) in characters. Overlaps are merged, strays are cut.

    Text that a template has escaped on its way here is unescaped first: the spans count the original's characters.
    """
    text = unescape(text) if isinstance(text, SafeData) else text
    parts: list[SafeString] = []
    at = 0
    for start, end in _merged(spans or (), len(text)):
        parts.append(conditional_escape(text[at:start]))
        parts.append(format_html("<mark>{}</mark>", text[start:end]))
        at = end
    parts.append(conditional_escape(text[at:]))
    return format_html_join("", "{}", ((part,) for part in parts))


def _merged(spans: Iterable[Any], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(_cut(span, length) for span in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _cut(span: Any, length: int) -> tuple[int, int]:
    start, end = (span["start"], span["end"]) if isinstance(span, Mapping) else (span[0], span[1])
    return max(0, int(start)), min(length, int(end))


# --- small shapes that components need ---------------------------------------------------------------

KEYCAPS = {"enter": "↵", "escape": "Esc", "arrowup": "↑", "arrowdown": "↓", "space": "␣"}


@register.filter
def keycap(key: str) -> str:
    """A key as it is printed: `r` is R, `Ctrl+Enter` is Ctrl ↵, `g h` stays a chord."""
    caps = (
        part if part in "jkx/?" else KEYCAPS.get(part.lower(), part.upper() if len(part) == 1 else part)
        for part in key.split("+")
    )
    return " ".join(caps)


@register.filter
def aria_key(key: str) -> str:
    return key.replace("Ctrl", "Control")


@register.filter
def unlocalized(value: Any) -> str:
    """A number as machines read it, whatever the language."""
    return str(value)


@register.filter
def countries(codes: Iterable[str]) -> str:
    return formats.listed([formats.country(code) for code in codes])


@register.simple_tag
def shorten(rows: Iterable[Any] | None, limit: int | str) -> dict[str, list[Any]]:
    """The first rows, and the rest to be named elsewhere. One more than the limit is not worth shortening."""
    found = list(rows or ())
    cut = int(limit) if len(found) > int(limit) + 1 else len(found)
    return {"rows": found[:cut], "rest": found[cut:]}


@register.filter
def anchor(title: str) -> str:
    """A heading's id, in any script: two Arabic headings have two ids."""
    return slugify(title, allow_unicode=True)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


class ColumnNode(template.Node):
    """A cell of a list's row: left out where the column is hidden, aligned as its head."""

    def __init__(self, name: template.base.FilterExpression, css: str, nodelist: template.NodeList) -> None:
        self.name, self.css, self.nodelist = name, css, nodelist

    def render(self, context: Context) -> SafeString:
        column = context["shown"].get(self.name.resolve(context))
        if column is None:
            return SafeString("")
        css = " ".join(filter(None, (column.css, self.css)))
        attribute = format_html(' class="{}"', css) if css else ""
        return format_html("<td{}>{}</td>", attribute, self.nodelist.render(context))


@register.tag
def column(parser: template.base.Parser, token: template.base.Token) -> ColumnNode:
    """`{% column "price" %}…{% endcolumn %}`, with more classes as further words: `{% column "name" is-title %}`."""
    _tag, name, *css = token.split_contents()
    nodelist = parser.parse(("endcolumn",))
    parser.delete_first_token()
    return ColumnNode(parser.compile_filter(name), " ".join(css).replace('"', ""), nodelist)


@register.filter
def has_filters(fields: Mapping[str, Any]) -> bool:
    """Whether a list can be narrowed by more than words."""
    return any(name != "q" for name in fields)


@register.filter
def clock(until: datetime) -> str:
    """What is left until then as minutes and seconds: `13:42`."""
    left = max(0, int((until - timezone.now()).total_seconds()))
    return f"{left // 60}:{left % 60:02}"


@register.filter
def same_set(one: Iterable[Any], other: Iterable[Any]) -> bool:
    return set(one) == set(other)
