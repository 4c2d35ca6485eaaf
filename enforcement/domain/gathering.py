"""One letter for one event: the decisions that one cause makes about a merchant at nearly the same time.

A letter that nobody has begun to send takes in what follows from the same sweep, case or act, in the same language, as long as
its own time has not come; that time never moves. It is written anew with each decision that joins or leaves it, so that the row is
complete at every moment, and it is sent like any other.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings

from enforcement.domain import letters, statements
from enforcement.domain.letters import Block, Letter, bullets, heading, link, paragraph, subheading
from enforcement.domain.statements import PAIRS
from enforcement.language.words import Words
from enforcement.models import Decision, Message, Statement
from enforcement.queries import outbox

MOST = 50
"""Decisions in one letter; what comes after them begins another. A merchant can read no more, and each that joins writes all anew."""


def waits(decision: Decision, wait: timedelta) -> timedelta:
    """How long a letter is left alone: what follows from something that has a name may have company."""
    return max(wait, timedelta(seconds=settings.LETTER_SECONDS)) if decision.origin_ref else wait


def find(statement: Statement, *, not_before: datetime) -> Message | None:
    """The letter that takes the statement in, locked; the decision's merchant is locked already."""
    if not statement.decision.origin_ref:
        return None
    rows = outbox.gathering(statement.decision, language=statement.language, not_before=not_before)
    newest = rows.select_for_update(of=("self",)).order_by("-pk").first()
    return newest if newest is not None and newest.decisions.count() < MOST else None


def write(given: Sequence[Statement], *, at: datetime) -> Letter:
    """The letter with these statements: one as it stands; of several, what they share is said once."""
    first = given[0]
    words, merchant = statements.words_for(first.language), first.decision.merchant
    if len(given) == 1:
        blocks = [*statements.stored(first), link(words("mail.link"), first.decision)]
        subject = first.content["title"]
    else:
        blocks, subject = list(_several(words, given)), words("letter.subject", n=len(given))
    return letters.compose(words=words, subject=subject, merchant=merchant, blocks=blocks, at=at)


# --- several decisions -----------------------------------------------------------------------------


def _several(words: Words, given: Sequence[Statement]) -> Iterator[Block]:
    """By policy; in it each decision with its listings, its reference and its link, then why and how to correct it."""
    contents = [statement.content for statement in given]
    yield paragraph(words("letter.intro", n=len(given)))
    yield bullets(words("form.pair", name=each["title"], value=each["pairs"]["reference"]) for each in contents)
    yield from (paragraph(note) for note in _once(each["note"] for each in contents))
    for _key, group in groupby(given, key=_policy):
        yield from _of_policy(words, list(group))
    yield heading(_label(words, given[0], "disagree"))
    yield from (paragraph(sentence) for sentence in _once(line for each in contents for line in each["redress"]))
    newest = max(given, key=lambda statement: statement.pk)
    yield heading(_label(words, newest, "points"))
    yield paragraph(newest.content["points"][-1])


def _policy(statement: Statement) -> tuple[int, str]:
    """A step of the ladder stands on the terms, not on the policy that led to it."""
    return statement.decision.version_id, statement.content["ground"]["reference"]


def _of_policy(words: Words, group: Sequence[Statement]) -> Iterator[Block]:
    ground = group[0].content["ground"]
    yield heading(ground["title"], language=ground["language"])
    yield paragraph(group[0].content["summary"], language=ground["language"])
    for statement in group:
        yield from _decision(words, statement)
    yield subheading(_label(words, group[0], "why"))
    yield paragraph(ground["reference"])
    yield paragraph(ground["text"], language=ground["language"])
    yield paragraph(ground["facts"], ground["note"])
    yield subheading(_label(words, group[0], "correct"))
    corrections = [statement.content["correction"] for statement in group]
    for steps, language in _once((tuple(each["steps"]), each["language"]) for each in corrections):
        yield Block("list", items=steps, language=language)
    yield from (paragraph(sentence) for sentence in _once(each["recheck"] for each in corrections))


def _decision(words: Words, statement: Statement) -> Iterator[Block]:
    """That nothing else changes is left out: something else does, as the same letter says."""
    content, label = statement.content, statements.labels(words, statement.content)
    yield subheading(content["title"])
    yield paragraph(*(sentence for sentence in content["intro"] if sentence != words("intro.rest")))
    yield bullets(words("form.pair", name=label[key], value=content["pairs"][key]) for key in PAIRS)
    yield paragraph(label["facts"])
    yield bullets(statements.line(words, fact) for fact in content["facts"])
    yield paragraph(content["correction"]["by"], *content["points"][:-1])
    yield link(words("mail.link"), statement.decision)


def _label(words: Words, statement: Statement, key: str) -> str:
    return statements.labels(words, statement.content)[key]


def _once(found: Iterator[Any] | Any) -> list[Any]:
    return [each for each in dict.fromkeys(found) if each]
