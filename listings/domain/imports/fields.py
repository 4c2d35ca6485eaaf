"""Checking single fields of a row: what a field holds in the end, or why the row does not fit."""

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from listings.domain.imports.currencies import Unreadable
from listings.enums import RowFate, RowReason

NAME_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "ar", "tr", "fi", "sv", "da", "cs", "el", "he")
BETWEEN = re.compile(r"\s*[|;,\s]\s*")
is_email = EmailValidator()


class Unfit(Exception):
    """The row does not go in: its fate, the column, the value and why."""

    def __init__(
        self,
        reason: RowReason,
        column: str,
        value: Any = "",
        *,
        fate: RowFate = RowFate.REFUSED,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(reason.value)
        self.reason, self.column, self.value, self.fate, self.detail = (
            reason,
            column,
            shown(value),
            fate,
            dict(detail or {}),
        )


@dataclass(frozen=True)
class Note:
    """A value that was left out of a row that goes in."""

    reason: RowReason
    column: str
    value: str


@dataclass
class Fields:
    """One row under its neutral names, and the notes gathered while it is read."""

    row: dict[str, Any]
    column_of: Callable[[str], str]
    notes: list[Note] = field(default_factory=list)

    def text(self, name: str, *, longest: int, needed: bool = False) -> str:
        text = as_text(self.row.get(name))
        if needed and not text:
            reason = RowReason.ID_MISSING if name.endswith("_id") else RowReason.VALUE_MISSING
            raise Unfit(reason, self.column_of(name))
        if len(text) > longest:
            raise Unfit(RowReason.VALUE_TOO_LONG, self.column_of(name), text, detail={"longest": longest})
        return text

    def read(self, name: str, reader: Callable[[Any], Any], otherwise: Any = None) -> Any:
        """What `reader` makes of the value; `otherwise` where there is none. What cannot be read refuses the row."""
        value = self.row.get(name)
        if is_empty(value):
            return otherwise
        try:
            return reader(value)
        except Unreadable as error:
            raise Unfit(error.reason, self.column_of(name), value) from error

    def soft(self, name: str, reader: Callable[[Any], Any], otherwise: Any = None) -> Any:
        """The same; what cannot be read is left out with a note."""
        value = self.row.get(name)
        if is_empty(value):
            return otherwise
        try:
            return reader(value)
        except Unreadable as error:
            self.note(error.reason, self.column_of(name), value)
            return otherwise

    def note(self, reason: RowReason, column: str, value: Any) -> None:
        self.notes.append(Note(reason, column[:200], shown(value)))


def is_empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, str) and not value.strip())


def as_text(value: Any) -> str:
    """Text as it was written, without space around it; whole numbers of a spreadsheet without their point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def shown(value: Any) -> str:
    return as_text(value)[:2_000]


def items(value: Any, between: str = "") -> list[str]:
    """A list, or a text that separates its items."""
    if isinstance(value, list | tuple):
        return [as_text(item) for item in value if not is_empty(item)]
    text = as_text(value)
    if text.startswith("["):
        return items(structure(text, list))
    parts = text.split(between) if between else BETWEEN.split(text)
    return [part.strip() for part in parts if part.strip()]


def structure(value: Any, kind: type[Any]) -> Any:
    """A JSON object or list, as such or as text in a cell. Raises Unreadable."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            value = None
    if not isinstance(value, kind):
        raise Unreadable(RowReason.NOT_AN_OBJECT if kind is dict else RowReason.NOT_A_LIST)
    return value


def email(value: Any) -> str:
    text = as_text(value)
    try:
        is_email(text)
    except ValidationError as error:
        raise Unreadable(RowReason.NOT_ALLOWED) from error
    return text


def language(value: Any) -> str:
    """The language of a tag such as en-GB or DE_at: en, de. Raises Unreadable."""
    code = as_text(value).replace("_", "-").partition("-")[0].casefold()
    if code in _languages():
        return code
    raise Unreadable(RowReason.NOT_ALLOWED)


def country(value: Any) -> str:
    """A country by its code or its name in many languages; `en:fr` is France. Raises Unreadable."""
    return _country(as_text(value))


@functools.lru_cache(maxsize=4_096)
def _country(text: str) -> str:
    if len(text) > 3 and text[2] == ":":
        text = text[3:]
    code = text.upper()
    if code == "UK":
        return "GB"
    if len(code) == 2 and code in _territories():
        return code
    found = _territory_names().get(text.casefold().replace("-", " "))
    if found:
        return found
    raise Unreadable(RowReason.COUNTRY_UNKNOWN)


@functools.cache
def _languages() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale.parse("en").languages) if len(code) in (2, 3))


@functools.cache
def _territories() -> frozenset[str]:
    codes = map(str, Locale.parse("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha())


@functools.cache
def _territory_names() -> dict[str, str]:
    return {
        name.casefold().replace("-", " "): code
        for language in NAME_LANGUAGES
        for code, name in Locale.parse(language).territories.items()
        if code in _territories()
    }


def ean(value: Any) -> str:
    """A GTIN of 8, 13 or 14 digits; leading zeros that a spreadsheet took are put back. Raises Unreadable."""
    digits = re.sub(r"[\s\-]", "", as_text(value))
    if not (digits.isascii() and digits.isdigit()) or not 6 <= len(digits) <= 14 or not int(digits):
        raise Unreadable(RowReason.EAN_UNREADABLE)
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits[:-1])))
    if (total + int(digits[-1])) % 10:
        raise Unreadable(RowReason.EAN_UNREADABLE)
    short = digits.lstrip("0")
    return short.zfill(8 if len(short) <= 8 else 13)
