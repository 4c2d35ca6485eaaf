"""`{% load investigations %}`: what the pages of case work need beside the interface's own filters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from governance.policies.enums import SEVERITY_TONE, Severity
from governance.web import formats, tones
from investigations.enums import GROUND_NAME, NoticeGround, ReporterKind
from investigations.filters import language
from investigations.models import Case, Queue
from investigations.queries import lines
from investigations.text import passages
from listings.enums import CONDITIONS

register = template.Library()


@register.filter
def of_key(table: Mapping[Any, Any], key: Any) -> Any:
    """A value by its key, or nothing."""
    return table.get(key, "")


@register.filter
def visible(text: str) -> str:
    """A text of one line with what cannot be seen made visible, where marks have no place."""
    return "".join(f"[{part.text}]" if part.kind == "control" else part.text for part in passages.whole(text))


@register.filter
def condition(value: str) -> str:
    return str(CONDITIONS.get(value.lower(), value))


@register.filter
def age(moment: datetime) -> str:
    """How long ago, in one unit and without "ago"."""
    return formats.span(timezone.now() - moment, units=1)


@register.filter
def severity_tone(value: str) -> str:
    return SEVERITY_TONE[Severity(value)]


@register.filter
def tone_icon(tone: str) -> str:
    return tones.ICON_OF_TONE[tone]


@register.simple_tag
def queue_name(queue: Queue) -> str:
    return queue.name_in(language())


@register.simple_tag
def heading(case: Case) -> str:
    """What a case is, in one line. The page has put its `line` on it."""
    return lines.heading(case.line, case.merchant.name)  # type: ignore[attr-defined]


@register.filter
def ground_name(ground: str) -> str:
    """What a notice is about, in two or three words."""
    return str(GROUND_NAME[NoticeGround(ground)])


@register.filter
def reporter_kind(kind: str) -> str:
    return str(ReporterKind(kind).label)
