"""The fields that a canned reason may contain, in braces, and how they are filled. Nothing else is read as a field."""

import re
from collections.abc import Mapping

FIELDS = ("merchant", "policy", "legal_basis", "case", "listings", "markets")
_FIELD = re.compile(r"\{(\w*)\}")


def unknown(text: str) -> list[str]:
    """Names in braces that are no fields, in their order."""
    return list(dict.fromkeys(name for name in _FIELD.findall(text) if name not in FIELDS))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put in what is known; a field without a value stays as it is, for the writer to see."""
    return _FIELD.sub(lambda match: values.get(match[1]) or match[0], text)
