"""The words of letters to merchants, by language: data files that one person can read through and another can correct.

`enforcement/data/statements/<language>.toml` holds sections of keys. A value is a sentence, or a table of plural forms by
CLDR category, chosen by `n`. `{names}` are filled in; what is filled in is never read as a template.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import bidirectional

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list

FOLDER = Path(__file__).resolve().parent.parent / "data" / "statements"
SOURCE = "en"
ISOLATE, POP = "\u2068", "\u2069"
"""Unicode's first-strong isolate and its end: they work in plain text, where markup does not reach."""
LEFT, RIGHT = frozenset({"L"}), frozenset({"R", "AL"})

Entry = str | Mapping[str, str]


class WordMissing(KeyError):
    """A template asks for words that the language's file does not have. The tests hold all files to the English one."""


@dataclass(frozen=True)
class Words:
    """One language's words. `words("title.remove", n=3)` is the sentence for three."""

    language: str
    name: str
    version: int
    entries: Mapping[str, Entry]

    do_not_call_in_templates = True

    def __call__(self, key: str, /, **values: Any) -> str:
        entry = self.entries.get(key)
        if entry is None:
            raise WordMissing(f"{key} ({self.language})")
        text = entry if isinstance(entry, str) else entry[str(self.locale.plural_form(values["n"]))]
        return text.format(**{name: self._filled(value) for name, value in values.items()})

    def _filled(self, value: Any) -> Any:
        """Names and references keep their own direction inside a sentence that runs from right to left."""
        return f"{ISOLATE}{value}{POP}" if self.locale.text_direction == "rtl" and isinstance(value, str) else value

    def isolated(self, text: str) -> str:
        """A merchant's own words, kept together where they run against the sentence's direction."""
        against = LEFT if self.locale.text_direction == "rtl" else RIGHT
        return f"{ISOLATE}{text}{POP}" if any(bidirectional(each) in against for each in text) else text

    def day(self, moment: date) -> str:
        """`23 November 2026`; of a moment, its day in UTC."""
        day = moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment
        return format_date(day, "long", locale=self.locale)

    def minute(self, moment: datetime) -> str:
        """The day with its time in UTC, which it says."""
        return self("date.moment", date=self.day(moment), time=f"{moment.astimezone(UTC):%H:%M}")

    @property
    def locale(self) -> Locale:
        return _locale(self.language)

    def listed(self, parts: list[str]) -> str:
        """`Germany, Austria and France`."""
        return format_list(parts, locale=self.locale)

    def language_name(self, tag: str) -> str:
        return str(self.locale.languages.get(tag.split("-")[0].lower(), tag))


@cache
def languages() -> tuple[str, ...]:
    """Languages that have words, by their tags."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def available(wanted: str) -> str | None:
    """The language in which we can write to somebody who reads `wanted`; None where there is none."""
    tag = wanted.replace("_", "-").lower()
    return next((each for each in (tag, tag.split("-")[0]) if each in languages()), None)


@cache
def words(language: str) -> Words:
    """The words of a language that `languages` names."""
    with (FOLDER / f"{language}.toml").open("rb") as file:
        data = tomllib.load(file)
    entries: dict[str, Entry] = {}
    for section, content in data.items():
        if isinstance(content, dict):
            entries.update({f"{section}.{key}": value for key, value in content.items()})
    return Words(language, data["name"], data["version"], entries)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse({"en": "en_GB"}.get(language, language))
