"""`{% load investigations %}`: what the pages of case work need beside the interface's own filters."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from governance.policies.enums import SEVERITY_TONE, Measure, Severity
from governance.web import formats, tones
from investigations.enums import GROUND_NAME, NEWS_ICON, NEWS_TONE, ConsumerCause, News, NoticeGround, ReporterKind
from investigations.filters import language
from investigations.models import Case, ConsumerNotice, Note, Queue
from investigations.queries import consumers, lines
from investigations.text import passages, recall_words
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
def so_long(moment: datetime) -> str:
    """How long since, to the minute: `1 h 15 min`."""
    return formats.span(timezone.now() - moment)


@register.filter
def severity_tone(value: str) -> str:
    return SEVERITY_TONE[Severity(value)]


@register.filter
def tone_icon(tone: str) -> str:
    return tones.ICON_OF_TONE[tone]


@register.filter
def measure_names(measures: Iterable[Measure]) -> str:
    return formats.series(str(measure.label) for measure in measures)


@register.filter
def news_tone(value: str) -> str:
    return NEWS_TONE[News(value)]


@register.filter
def news_icon(value: str) -> str:
    return NEWS_ICON[News(value)]


@register.filter
def named(note: Note) -> SafeString:
    """A note's text, escaped, with those whom it names marked."""
    text = str(escape(note.text))
    for telling in note.mentions.all():
        name = re.escape(escape(f"@{telling.person.pseudonym}"))
        text = re.sub(f"({name})(?!\\w)", r'<b class="mention">\1</b>', text, flags=re.IGNORECASE)
    return mark_safe(linebreaksbr(text, autoescape=False))


@register.filter
def risk(code: str) -> str:
    return recall_words.risk(code)


@register.filter
def recall_measure(code: str) -> str:
    return recall_words.measure(code)


@register.filter
def recall_equal(code: str) -> str:
    return str(recall_words.EQUAL.get(code, code))


@register.filter
def recall_against(code: str) -> str:
    return str(recall_words.AGAINST.get(code, code))


@register.filter
def safe_address(url: str) -> str:
    """An address from outside, if it is one that a link may lead to."""
    return url if url.startswith(("https://", "http://")) else ""


@register.filter
def delivered_at(notice: ConsumerNotice) -> datetime | None:
    return consumers.delivered_at(notice)


@register.filter
def publication(notice: ConsumerNotice) -> str:
    said, recalled = (
        (notice.what, notice.hazard, notice.what_to_do, notice.remedy),
        notice.cause == ConsumerCause.RECALL,
    )
    seller = notice.decision.merchant.name
    return recall_words.publication(*said, seller=seller, recalled=recalled, tag=notice.language)


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
