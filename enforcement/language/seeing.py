"""What a rule saw in a listing, in the words of a letter. The engine's explanation says it; here it becomes sentences."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation

from governance.policies.language import Step, Steps, corrections
from governance.policies.language.wording import SAID_ALREADY, read

Explanation = Mapping[str, Any]


def spoken(language: str) -> str:
    """The language in which conditions can be worded for a reader of `language`: theirs, or the source's."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def seen(explanation: Explanation, language: str) -> list[str]:
    """A line per condition that held, with what was seen, each once."""
    tree = explanation.get("tree")
    if not tree:
        return []
    with translation.override(spoken(language)):
        return list(dict.fromkeys(_line(condition) for condition in _held(read(tree))))


def steps(explanation: Explanation, language: str) -> list[str]:
    """What would make the rule stop holding, as far as the explanation shows it. One of them is enough, or all are needed."""
    with translation.override(spoken(language)):
        found = corrections(explanation) if explanation.get("tree") else None
        return list(dict.fromkeys(_steps(found))) if found else []


def conditions(explanation: Explanation, language: str) -> list[Explanation]:
    """The conditions that held, each once, with `text` and `value` as a reader reads them and `values` as they were seen."""
    tree = explanation.get("tree")
    if not tree:
        return []
    with translation.override(spoken(language)):
        held = {(condition["text"], condition["value"]): condition for condition in _held(read(tree))}
    return list(held.values())


def fact(shown: Explanation) -> str:
    """The fact of an operand as an author writes it: listing.price, listing.attr.voltage, merchant.returnRate(30)."""
    if "attr" in shown:
        return f"listing.attr.{shown['attr']}"
    if "function" in shown:
        arguments = ", ".join(f'"{each}"' if isinstance(each, str) else str(each) for each in shown.get("args") or ())
        return f"{shown['function']}({arguments})"
    return str(shown.get("fact", ""))


def _held(node: Explanation) -> Iterator[Explanation]:
    """The conditions that made it so: of a group that holds, its parts that hold."""
    if node.get("held") is not True:
        return
    if node.get("op") == "condition":
        yield node
    for child in node.get("children") or ():
        yield from _held(child)


def _line(condition: Explanation) -> str:
    values: Sequence[Explanation] = condition.get("values") or ()
    nothing_seen = not condition.get("words") and all(value.get("seen") in (None, [], "") for value in values)
    if nothing_seen or condition.get("code") in SAID_ALREADY:
        return str(condition["text"])
    return translation.gettext("%(fact)s: %(value)s") % {"fact": condition["text"], "value": condition["value"]}


def _steps(found: Step | Steps) -> Iterator[str]:
    if isinstance(found, Step):
        yield found.text
        return
    for each in found.steps:
        yield from _steps(each)
