"""Why a policy holds for a listing, and what would cure it, in the words of a statement of reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation

from enforcement.language import asked, seeing
from enforcement.language.asked import Languages
from enforcement.language.seeing import Explanation
from governance.policies.language import Seen
from governance.policies.language.wording import operand
from governance.policies.models import PolicyText

Texts = Mapping[str, PolicyText]


@dataclass(frozen=True)
class Value:
    """A fact as it was seen; `unit` is empty where it has none."""

    fact: str
    value: Any
    unit: str


@dataclass(frozen=True)
class Condition:
    """`text` and `value` are for a reader, `facts` for a program. The merchant can change what is `correctable`."""

    text: str
    value: str
    correctable: bool
    facts: Sequence[Value]


@dataclass(frozen=True)
class Words:
    """`language` is that of the policy's own words, `wording_language` that of the conditions. Without `corrections` there
    is nothing that the merchant could change."""

    title: str
    reason: str
    language: str
    conditions: Sequence[Condition]
    wording_language: str
    matches: Sequence[Mapping[str, Any]]
    corrections: Sequence[str]
    corrections_language: str


@dataclass(frozen=True)
class Lacking:
    """A fact that is not given, and its name for a reader."""

    fact: str
    name: str
    correctable: bool


def words(texts: Texts, explanation: Explanation, wanted: Languages) -> Words:
    """Everything that can be said about a rule that holds, each part in the best language that it has."""
    text, wording = texts[asked.best(wanted, texts)], wording_language(wanted)
    steps, tag = corrections(text, explanation, wording)
    return Words(
        title=text.title,
        reason=text.statement,
        language=text.language,
        conditions=[_condition(each) for each in seeing.conditions(explanation, wording)],
        wording_language=wording,
        matches=explanation.get("matches") or (),
        corrections=steps,
        corrections_language=tag,
    )


def title(texts: Texts, wanted: Languages) -> str:
    """The policy's title in the best language that there is."""
    return texts[asked.best(wanted, texts)].title


def corrections(text: PolicyText, explanation: Explanation, language: str) -> tuple[list[str], str]:
    """What cures it, with its language: the policy's own steps, or (without them) what the explanation shows would do."""
    steps = [line.strip() for line in text.correction.splitlines() if line.strip()]
    if steps:
        return steps, text.language
    return seeing.steps(explanation, language), seeing.spoken(language)


def lacking(facts: Sequence[Seen], wanted: Languages) -> list[Lacking]:
    """The facts in words."""
    with translation.override(wording_language(wanted)):
        return [Lacking(seeing.fact(seen.operand), operand(seen.operand), seen.correctable) for seen in facts]


def wording_language(wanted: Languages) -> str:
    """The language in which conditions are worded for somebody who wants these."""
    return asked.best(wanted, dict(settings.LANGUAGES))


def _condition(shown: Explanation) -> Condition:
    values = shown.get("values") or ()
    return Condition(
        text=str(shown["text"]),
        value=str(shown["value"]),
        correctable=bool(shown.get("correctable")),
        facts=[Value(seeing.fact(each), each.get("seen"), str(each.get("unit", ""))) for each in values],
    )
