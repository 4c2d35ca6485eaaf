"""Listings whose data is not as one would have it."""

from typing import Any

ODD: dict[str, dict[str, Any]] = {
    "no title": {"title": ""},
    "blank title": {"title": "\u200b \u00a0"},
    "broken attributes": {"attributes": {"size": {"w": None}, "": [], "list": [1, [2]], "n": None}},
    "ten thousand words": {"description": "magnet " * 10_000},
    "script": {"title": "<script>alert(1)</script>", "description": "<img src=x onerror=alert(1)>{{ 7*7 }}"},
    "right-to-left overrides": {"title": "\u202egnp.exe\u202c \u2067\u0645\u063a\u0646\u0627\u0637\u064a\u0633"},
    "no price": {"price_minor": None, "currency": ""},
    "an emoji and half of one": {"title": "\U0001f9f2" * 100},
    "no language": {"language": ""},
}
