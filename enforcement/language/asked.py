"""In which language somebody is answered: what they ask for, as far as there are words."""

from collections.abc import Collection, Sequence

from django.utils.translation.trans_real import parse_accept_lang_header

SOURCE = "en"
Languages = Sequence[str]
"""Tags in small letters, the best first; a tag with a region is followed by its language alone."""


def languages(accepted: str) -> Languages:
    """Read an Accept-Language header, or a single tag."""
    tags = (tag for tag, _quality in parse_accept_lang_header(accepted.replace("_", "-").lower()))
    return tuple(dict.fromkeys(part for tag in tags if tag != "*" for part in (tag, tag.split("-")[0])))


def best(wanted: Languages, there_are: Collection[str]) -> str:
    """The first wanted language of those that there are, else English."""
    return next((tag for tag in wanted if tag in there_are), SOURCE)
