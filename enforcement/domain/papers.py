"""Statements of reasons as PDF: set from what was stored with the decision, so that the same statement is the same file.

It holds no link: whoever reads it may not be the merchant, in whose name a link lets appeal.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from enforcement.domain import statements
from enforcement.domain.statements import PAIRS
from enforcement.models import Statement
from governance.web import formats
from governance.web.fonts import missing_fonts
from governance.web.paper import BODY, CLOSE, SMALL, STRONG, TITLE, Paper
from governance.web.refusals import Refusal

TYPE = "application/pdf"
SAFE_LINES = 4
"""A listing's title, number and first findings are not torn apart."""


class FontsMissing(Refusal):
    """No PDF can be made on this machine; everything else about a statement is as usual."""


def available() -> bool:
    return not missing_fonts()


def name_of(given: Sequence[Statement]) -> str:
    """The file's name: the reference, and how many more decisions are in it."""
    first, *more = (statement.decision.reference for statement in given)
    return f"{first}+{len(more)}.pdf" if more else f"{first}.pdf"


def pdf(given: Sequence[Statement]) -> bytes:
    """One document with these statements of one letter, each on sheets of its own. Raises FontsMissing."""
    if not available():
        raise FontsMissing(_("No PDF can be made: a font file is missing on the server. Its system check says which."))
    first = given[0]
    paper = Paper(
        title=f"{first.content['title']} ({first.decision.reference})",
        language=first.language,
        author=_author(first),
        at=max(statement.created_at for statement in given),
        rtl=_rtl(first.language),
    )
    for statement in given:
        _set(paper, statement)
    return paper.finished()


def _set(paper: Paper, statement: Statement) -> None:
    content = statement.content
    label = statements.labels(statements.words_for(statement.language), content)
    paper.begin(content["title"], foot=statement.decision.reference)
    paper.text(content.get("about", ""), SMALL)
    paper.text(content["title"], TITLE)
    paper.text(content["summary"], rtl=_rtl(content["ground"]["language"]))
    paper.text(" ".join(content["intro"]))
    paper.text(content["note"], SMALL)
    paper.pairs([(label[key], content["pairs"][key]) for key in PAIRS])
    paper.heading(label["facts"])
    for fact in content["facts"]:
        _set_fact(paper, fact)
    _set_ground(paper, label, content["ground"])
    _set_correction(paper, label, content["correction"])
    paper.heading(label["disagree"])
    for sentence in content["redress"]:
        paper.text(sentence)
    paper.heading(label["points"])
    paper.text(" ".join(content["points"]))


def _set_fact(paper: Paper, fact: Mapping[str, Any]) -> None:
    """A title runs in its own direction and stands where the letter's lines begin."""
    paper.keep(SAFE_LINES)
    paper.text(fact["title"], STRONG, rtl=_rtl(fact["language"]), start=True)
    paper.text(" · ".join(part for part in (fact["price"], fact["number"], fact["countries"]) if part), SMALL)
    paper.items(fact["seen"], rtl=_rtl(fact["seen_language"]))
    paper.gap()


def _set_ground(paper: Paper, label: Mapping[str, str], ground: Mapping[str, Any]) -> None:
    paper.heading(label["why"])
    paper.text(ground["reference"])
    paper.text(ground["text"], rtl=_rtl(ground["language"]))
    paper.text(ground["facts"])
    paper.text(ground["note"], SMALL)


def _set_correction(paper: Paper, label: Mapping[str, str], correction: Mapping[str, Any]) -> None:
    paper.heading(label["correct"])
    paper.text(correction["by"], STRONG)
    steps = correction["steps"]
    paper.items(steps, numbered=len(steps) > 1, rtl=_rtl(correction["language"]))
    paper.text(correction["recheck"], BODY if len(steps) > 1 else CLOSE)


def _author(statement: Statement) -> str:
    kept: str = statement.content.get("author", "")
    return kept or statements.words_for(statement.language)("mail.closing")


def _rtl(language: str) -> bool:
    return formats.direction(language) == "rtl"
