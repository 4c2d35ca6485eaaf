"""Which of our categories a source means: by its alias, its code, or its name in any language; else a suggestion."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process, utils

from listings.models import Category, CategoryAlias

SEPARATORS = re.compile(r"\s*(?:>|›|»|/|\\|\|)\s*")
PATH = " > "
SUGGESTIONS = 3
REMEMBERED = 20_000
LEAST_SCORE = 58


@dataclass(frozen=True)
class Found:
    """A category, or none with suggestions: (code, score of 100), best first."""

    id: int | None = None
    code: str = ""
    suggestions: tuple[tuple[str, int], ...] = ()


def name_key(text: str) -> str:
    """Case, spaces and separators aside: two spellings of one path are equal."""
    return PATH.join(" ".join(part.split()) for part in SEPARATORS.split(text.strip())).strip(" >").casefold()[:400]


class CategoryIndex:
    """The tree and its aliases as they are when the index is made."""

    def __init__(self, *, source: str = "", aliases: dict[str, str] | None = None) -> None:
        self.ids = dict(Category.objects.values_list("code", "id"))
        self._names = _names(Category.objects.order_by("depth", "id").values_list("code", "names"))
        self._aliases = {name_key(name): code for name, code in (aliases or {}).items() if code in self.ids}
        rows = CategoryAlias.objects.filter(source__in=("", source)).order_by("source")
        self._aliases |= dict(rows.values_list("name_key", "category__code"))
        self._leaves = [(code, key.rpartition(PATH)[2]) for key, codes in self._names.items() for code in codes]
        self._known: dict[str, Found] = {}

    def find(self, text: str) -> Found:
        found = self._known.get(text)
        if found is None:
            code = self._code(text)
            found = Found(self.ids[code], code) if code else Found(suggestions=self.suggest(text))
            if len(self._known) < REMEMBERED:
                self._known[text] = found
        return found

    def _code(self, text: str) -> str:
        key = name_key(text)
        if key in self._aliases:
            return self._aliases[key]
        code = text.strip().casefold()
        if code in self.ids:
            return code
        codes = self._names.get(key, set())
        if len(codes) == 1:
            return next(iter(codes))
        return self._nearest_alias(key)

    def _nearest_alias(self, key: str) -> str:
        """Of a longer path: the alias of its nearest ancestor that has one."""
        while PATH in key:
            key = key.rpartition(PATH)[0]
            if key in self._aliases:
                return self._aliases[key]
        return ""

    def suggest(self, text: str) -> tuple[tuple[str, int], ...]:
        """The most similar names, leaf against leaf."""
        leaf = name_key(text).rpartition(PATH)[2]
        if len(leaf) < 2:
            return ()
        matches = process.extract(
            leaf,
            [name for _code, name in self._leaves],
            scorer=_likeness,
            processor=utils.default_process,
            limit=SUGGESTIONS * 6,
            score_cutoff=LEAST_SCORE,
        )
        best: dict[str, int] = {}
        for _name, score, place in matches:
            best.setdefault(self._leaves[place][0], round(score))
        return tuple(sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:SUGGESTIONS])


def _likeness(one: str, other: str, *, score_cutoff: float | None = None, **_options: Any) -> float:
    """Between 0 and 100: as wholes first, then by shared words, so that "Building toys" is not simply "Toys"."""
    whole = fuzz.token_sort_ratio(one, other)
    return 0.65 * whole + 0.35 * fuzz.token_set_ratio(one, other)


def _names(rows: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, set[str]]:
    """Codes by name and by path of names, in every language. A name that several have belongs to none of them."""
    found: dict[str, set[str]] = defaultdict(set)
    paths: dict[str, dict[str, str]] = {}
    for code, names in rows:
        parent = paths.get(code.rpartition("/")[0], {})
        paths[code] = {
            language: (parent.get(language, parent.get("en", "")) + PATH + name).removeprefix(PATH)
            for language, name in names.items()
        }
        for language, name in names.items():
            found[name_key(name.replace("/", " "))].add(code)
            found[name_key(paths[code][language])].add(code)
    return found
