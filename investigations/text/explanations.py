"""What the engine recorded of a hit, as a reader sees it. Whatever is missing or malformed is left out, never an error."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import structlog
from django.utils.translation import gettext

from governance.policies.language import wording
from investigations.text.passages import Span

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Leaf:
    """One condition: whether it held, and what was seen."""

    text: str
    value: str
    held: bool | None

    @property
    def summary(self) -> str:
        return gettext("%(fact)s: %(value)s") % {"fact": self.text, "value": self.value} if self.value else self.text


@dataclass(frozen=True)
class Explanation:
    tree: Mapping[str, Any]
    found: tuple[Mapping[str, Any], ...]

    def spans(self, zone: str, key: str = "") -> list[Span]:
        """Where terms matched in one zone of the listing, in its own characters."""
        return [
            Span(match["start"], match["end"])
            for match in self.found
            if match.get("zone") == zone and (not key or match.get("key") == key)
        ]

    def attributes(self) -> list[str]:
        """The keys of attributes in which something matched, each once."""
        return list(dict.fromkeys(match["key"] for match in self.found if match.get("zone") == "attribute"))

    @cached_property
    def leaves(self) -> list[Leaf]:
        return list(_leaves(self.tree))

    @property
    def unknown(self) -> int:
        return sum(leaf.held is None for leaf in self.leaves)


def read(explanation: Any) -> Explanation:
    """Word an explanation in the active language."""
    found = explanation if isinstance(explanation, Mapping) else {}
    return Explanation(_worded(found.get("tree")), tuple(matches(found)))


def missing(explanation: Any) -> list[str]:
    """The facts that the listing does not give, by name."""
    return wording.missing(explanation) if isinstance(explanation, Mapping) else []


def matches(explanation: Any) -> list[Mapping[str, Any]]:
    """The matches that say where they are."""
    rows = explanation.get("matches") if isinstance(explanation, Mapping) else None
    return [row for row in rows or () if isinstance(row, Mapping) and _has_place(row)]


def _worded(tree: Any) -> Mapping[str, Any]:
    if not isinstance(tree, Mapping):
        return {}
    try:
        return _plain(wording.read(tree))
    except (AttributeError, KeyError, TypeError, ValueError):
        log.warning("explanation_not_worded", exc_info=True)
        return {}


def _plain(node: Mapping[str, Any]) -> dict[str, Any]:
    """The tree without values that only repeat their sentence: what is not given, and a plain yes or no."""
    shown = {**node, "children": [_plain(child) for child in node.get("children") or ()]}
    if node.get("code") in wording.SAID_ALREADY:
        shown["value"] = ""
    return shown


def _has_place(row: Mapping[str, Any]) -> bool:
    return isinstance(row.get("start"), int) and isinstance(row.get("end"), int)


def _leaves(node: Mapping[str, Any]) -> Iterator[Leaf]:
    children = node.get("children") or ()
    if not children and node.get("text"):
        yield Leaf(str(node["text"]), str(node.get("value") or ""), node.get("held"))
    for child in children:
        yield from _leaves(child)
