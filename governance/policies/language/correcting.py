"""What a merchant can do so that a rule no longer holds, worked out from an explanation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from governance.policies.language.describing import OPPOSITES
from governance.policies.language.wording import CORRECTIONS, operand, sentence
from governance.web import formats

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One thing to do."""

    text: str


@dataclass(frozen=True)
class Steps:
    """`every`: all of them are needed; otherwise one of them is enough."""

    every: bool
    steps: "tuple[Step | Steps, ...]"


def corrections(explanation: Json) -> Step | Steps | None:
    """Return what would make a rule that holds stop holding; None if nothing that the merchant can change would.

    Of conditions that must all hold, one that fails is enough; of conditions of which any suffices, each that holds must go.
    """
    words: dict[str, list[str]] = {}
    for match in explanation.get("matches") or ():
        words.setdefault(match.get("list") or match.get("pattern") or "", []).append(match.get("text", ""))
    return _of(explanation.get("tree") or {}, words)


def _of(node: Json, words: Mapping[str, Sequence[str]]) -> Step | Steps | None:
    if node.get("held") is not True:
        return None
    children: Sequence[Json] = node.get("children") or ()
    match node.get("op"):
        case "condition":
            return _step(node, words) if node.get("correctable") else None
        case "all":
            return _together(every=False, parts=[_of(child, words) for child in children])
        case "any":
            parts = [_of(child, words) for child in children if child.get("held") is True]
            return None if None in parts else _together(every=True, parts=parts)
        case "choose":
            return _of(children[1] if children[0].get("held") else children[2], words)
        case _:
            return None


def _together(*, every: bool, parts: Iterable[Step | Steps | None]) -> Step | Steps | None:
    found: list[Step | Steps] = []
    for part in parts:
        if isinstance(part, Steps) and part.every is every:
            found += part.steps
        elif part is not None and part not in found:
            found.append(part)
    if len(found) > 1:
        return Steps(every, tuple(found))
    return found[0] if found else None


def _step(condition: Json, words: Mapping[str, Sequence[str]]) -> Step:
    code = str(condition.get("code"))
    template = CORRECTIONS.get(f"not {code}" if condition.get("not") else code)
    if template is None:
        return Step(
            gettext("Change it so that this is true: %(condition)s.") % {"condition": sentence(_opposite(condition))}
        )
    right = condition.get("right") or {}
    found = list(dict.fromkeys(words.get(str(right.get("value")), ())))
    return Step(
        str(template)
        % {
            "left": operand(condition.get("left") or {}),
            "right": operand(right),
            "words": formats.series(gettext("“%(text)s”") % {"text": word} for word in found),
        }
    )


def _opposite(condition: Json) -> Json:
    code = str(condition.get("code"))
    if code in OPPOSITES:
        return {**condition, "code": OPPOSITES[code]}
    return {**condition, "not": not condition.get("not")}
