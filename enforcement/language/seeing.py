"""What a rule saw in a listing, in the words of a letter. The engine's explanation says it; here it becomes sentences."""

from collections.abc import Mapping
from typing import Any

Explanation = Mapping[str, Any]


def seen(explanation: Explanation, language: str) -> list[str]:
    """A line per condition that held, with the value seen."""
    return [_line(node) for node in _leaves(explanation) if node.get("held") is not False]


def words_found(explanation: Explanation) -> list[str]:
    """The words of the listing's own text that a term list matched, each once, as the merchant wrote them."""
    found = [str(match.get("text", "")) for match in explanation.get("matches", ())]
    return list(dict.fromkeys(word for word in found if word))


def _leaves(node: Explanation) -> list[Explanation]:
    children = node.get("children") or ()
    if not children:
        return [node] if node.get("text") else []
    return [leaf for child in children for leaf in _leaves(child)]


def _line(node: Explanation) -> str:
    text, value = str(node["text"]), node.get("value")
    return f"{text}: {value}" if value not in (None, "") else text
