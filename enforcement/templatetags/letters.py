"""`{% load letters %}`: the words of letters in the page's language."""

from datetime import datetime
from typing import Any

from django import template

from enforcement.domain import links
from enforcement.language.words import Words
from enforcement.models import Decision

register = template.Library()


@register.simple_tag
def say(words: Words, key: str, **values: Any) -> str:
    """`{% say words "label.what" %}`; the template engine escapes what comes out."""
    return words(key, **values)


@register.simple_tag
def letter_day(words: Words, moment: datetime) -> str:
    return words.day(moment)


@register.simple_tag
def letter_minute(words: Words, moment: datetime) -> str:
    return words.minute(moment)


@register.filter
def statement_token(decision: Decision) -> str:
    """The secret part of the link to a decision."""
    return links.token_of(decision)
