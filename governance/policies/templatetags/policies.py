"""How policies are shown: their rule in colours, their severity as an enum."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from governance.policies.enums import Measure, Severity, family_name
from governance.policies.text import guidance

register = template.Library()
register.filter("family", family_name)
register.filter("guidance", guidance.blocks)

_TOKEN = re.compile(
    r"""(?P<str>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      | (?P<num>\b\d+(?:\.\d+)?\b)
      | (?P<fn>\b[A-Za-z_]\w*(?=\())
      | (?P<fact>\b(?:listing|merchant)\b(?:\.(?!\w+\()\w+)*|\b(?:now|market)\b)
      | (?P<op>&&|\|\||[!<>=]=?|\?|:|\bin\b|[-+*/%])
      | (?P<rest>.)""",
    re.VERBOSE | re.DOTALL,
)


@register.filter
def cel(source: str) -> SafeString:
    """The rule with a class for each kind of token; escaped."""
    return format_html_join("", "{}", ((_span(match),) for match in _TOKEN.finditer(source or "")))


def _span(match: re.Match[str]) -> str:
    kind = match.lastgroup or "rest"
    return match.group() if kind == "rest" else format_html('<span class="{}">{}</span>', kind, match.group())


@register.filter
def severity(value: str) -> Severity | None:
    return Severity(value) if value else None


@register.filter
def measure(value: str) -> Measure:
    return Measure(value)
