"""What the team's pages say of shares and lengths of time."""

from datetime import date, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from governance.web import formats
from investigations.queries.team_figures import Share
from investigations.views import team_words

register = template.Library()


@register.simple_tag
def share(found: Share) -> SafeString | str:
    """With what it stands on, on hover; few stand by their two numbers."""
    text = team_words.share(found)
    if not found.enough:
        return text
    of = f"{formats.number(found.found)} / {formats.number(found.all)}"
    return format_html('{} <small class="faint">{}</small>', text, of)


@register.filter
def length_of(found: timedelta | None) -> str:
    return team_words.length(found)


@register.filter
def short_day(found: date) -> str:
    return formats.short_day(found)
