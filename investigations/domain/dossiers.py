"""The dossier of an investigation: all that it has as one PDF, with the hashes of the evidence and who had it in hand.

People stand in it by their pseudonyms alone. Its own hash goes into the log, so that a copy can be held against it.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from enforcement.domain.papers import FontsMissing, available
from governance.accounts.models import User
from governance.accounts.text import log
from governance.web import formats
from governance.web.paper import CLOSE, SMALL, STRONG, TITLE, Paper
from investigations.domain import investigation_exhibits, investigations
from investigations.enums import CollectedKind, Handling
from investigations.models import Collected, Finding, Investigation, InvestigationExhibit
from investigations.queries import investigations as queries

LONGEST_RULE = 2_000

Part = tuple[str, Callable[[Paper], None]]
"""A heading, and what sets what stands under it."""


@dataclass(frozen=True)
class Dossier:
    name: str
    data: bytes
    sha256: str


@transaction.atomic
def make(*, investigation: Investigation, language: str, actor: User, at: datetime) -> Dossier:
    """Set it, note each piece of evidence that it names, and log its hash. Raises FontsMissing."""
    if not available():
        raise FontsMissing(_("No PDF can be made: a font file is missing on the server. Its system check says which."))
    investigation = investigations.lock(investigation, actor)
    with override(language):
        data = _set(investigation, language, at)
    sha256 = hashlib.sha256(data).hexdigest()
    for exhibit in queries.exhibits(investigation):
        investigation_exhibits.handle(exhibit, Handling.IN_DOSSIER, actor=actor, at=at, note=sha256[:16])
    record = {"sha256": sha256, "octets": len(data)}
    investigations.record("investigation.dossier_made", investigation, actor=actor, at=at, data=record)
    return Dossier(f"{investigation}-{at:%Y-%m-%d}.pdf", data, sha256)


def _set(investigation: Investigation, language: str, at: datetime) -> bytes:
    """Twice: the first time says on which sheet each part begins."""
    parts = _parts(investigation)
    sheets: dict[str, int] = {}
    for _pass in range(2):
        paper = Paper(
            title=f"{investigation} {investigation.title}",
            language=language,
            author=_("Governance"),
            at=at,
            rtl=formats.direction(language) == "rtl",
        )
        _set_front(paper, investigation, at)
        _set_contents(paper, parts, sheets)
        for name, fill in parts:
            paper.begin(name, foot=str(investigation))
            sheets[name] = paper.sheets
            paper.text(name, TITLE)
            fill(paper)
        data = paper.finished()
    return data


def _set_front(paper: Paper, investigation: Investigation, at: datetime) -> None:
    paper.begin(investigation.title, foot=str(investigation))
    paper.text(_("Dossier of an investigation"), SMALL)
    paper.text(investigation.title, TITLE)
    people = ", ".join(member.person.pseudonym for member in queries.members(investigation))
    pairs = [
        (_("Number"), str(investigation)),
        (_("State"), str(investigation.get_state_display())),
        (_("Opened"), formats.exact(investigation.opened_at)),
        (_("Members"), people),
        (_("Made"), formats.exact(at)),
    ]
    if investigation.concluded_at:
        pairs.insert(3, (_("Concluded"), formats.exact(investigation.concluded_at)))
    paper.pairs(pairs)
    paper.heading(_("Question"))
    paper.text(investigation.question)
    if investigation.conclusion:
        paper.heading(_("Answer"))
        paper.text(investigation.conclusion)


def _set_contents(paper: Paper, parts: Sequence[Part], sheets: Mapping[str, int]) -> None:
    paper.heading(_("Contents"))
    paper.pairs([(str(sheets.get(name, "")), name) for name, _fill in parts])


def _parts(investigation: Investigation) -> list[Part]:
    """Only those in which something stands. Read once: both passes set the same."""
    collected = {kind: queries.collected(investigation, kind) for kind in CollectedKind}
    found, exhibits = queries.findings(investigation), queries.exhibits(investigation)
    parts: list[Part | None] = [
        (_("Findings"), lambda paper: _set_findings(paper, found)) if found else None,
        (_("What was collected"), lambda paper: _set_collected(paper, collected)) if any(collected.values()) else None,
        _searches(investigation),
        (_("Evidence and its custody"), lambda paper: _set_exhibits(paper, exhibits)) if exhibits else None,
        _notes(investigation),
        _time_line(investigation),
    ]
    return [part for part in parts if part]


def _set_findings(paper: Paper, found: Sequence[Finding]) -> None:
    for finding in found:
        paper.keep(4)
        paper.text(str(finding.get_kind_display()), STRONG)
        paper.text(f"{finding.written_by.pseudonym}, {formats.exact(finding.written_at)}", SMALL)
        paper.text(finding.text)
        if cases := ", ".join(str(case) for case in finding.cases.all()):
            paper.text(_("Cases: %(cases)s") % {"cases": cases}, CLOSE)
        if finding.rule:
            paper.text(finding.rule[:LONGEST_RULE], CLOSE, rtl=False)
        paper.gap()


def _set_collected(paper: Paper, collected: Mapping[CollectedKind, Sequence[Collected]]) -> None:
    for kind, rows in collected.items():
        if rows:
            paper.heading(str(kind.label))
            paper.items([_line(each) for each in rows])


def _line(each: Collected) -> str:
    if each.listing:
        named = f"L-{each.listing.pk} {each.listing} ({each.listing.merchant.name})"
    elif each.case:
        named = f"{each.case} ({each.case.merchant.name})"
    elif each.merchant and each.kind == CollectedKind.GROUP:
        named = f"{each.merchant.name}: {', '.join(each.content.get('merchants', ()))}"
    else:
        named = f"{each.merchant} ({each.merchant.public_id})" if each.merchant else ""
    return f"{named}. {each.reason}".strip()


def _searches(investigation: Investigation) -> Part | None:
    rows = queries.searches(investigation)

    def fill(paper: Paper) -> None:
        for row in rows:
            paper.keep(5)
            paper.text(row.title, STRONG)
            paper.pairs(
                [
                    (_("Asked"), row.query[:LONGEST_RULE]),
                    (_("Found"), formats.number(row.found)),
                    (_("Hash of the result"), row.sha256 or "–"),
                    (_("When"), formats.exact(row.ran_at)),
                ]
            )

    return (_("Searches"), fill) if rows else None


def _set_exhibits(paper: Paper, exhibits: Sequence[InvestigationExhibit]) -> None:
    for number, exhibit in enumerate(exhibits, start=1):
        paper.keep(7)
        paper.text(f"{number}. {exhibit.title}", STRONG)
        paper.pairs(
            [
                (_("Kind"), str(exhibit.get_kind_display())),
                (_("Source"), exhibit.source),
                ("SHA-256", exhibit.sha256),
                (_("Size"), formats.size(exhibit.size)),
            ]
        )
        paper.items(
            [
                f"{formats.exact(each.at)}: {each.get_handling_display()}, {each.person.pseudonym}"
                for each in exhibit.custody.all()
            ]
        )


def _notes(investigation: Investigation) -> Part | None:
    rows = queries.notes(investigation)

    def fill(paper: Paper) -> None:
        for row in rows:
            paper.keep(3)
            paper.text(f"{row.author.pseudonym}, {formats.exact(row.written_at)}", SMALL)
            paper.text(row.text)

    return (_("Notes"), fill) if rows else None


def _time_line(investigation: Investigation) -> Part:
    rows = list(reversed(queries.time_line(investigation, most=None)))

    def fill(paper: Paper) -> None:
        for row in rows:
            who = row.person.pseudonym if row.person else _("Automation")
            paper.text(f"{formats.exact(row.at)}: {log.verb(row.verb)}, {who}", CLOSE)

    return _("What happened"), fill
