"""Investigations: who works on them, what they collect, the chain of custody, what they end in, and their dossier."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure, Mode, Severity
from governance.policies.models import Policy
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import cases, claims, collecting, dossiers, findings, investigation_exhibits, investigations
from investigations.domain.files import path_of
from investigations.enums import CaseOrigin, CaseState, Handling, InvestigationState, Verdict
from investigations.models import (
    Case,
    Collected,
    Custody,
    Investigation,
    InvestigationExhibit,
    LinkGroup,
    LinkRisk,
    Note,
    SearchRun,
)
from listings.models import Listing
from tests.factories import cases as make
from tests.fixtures.paper import sheets
from tests.investigations.search import ground

pytestmark = pytest.mark.django_db


def file(investigation: Investigation, actor: User, data: bytes = b"a receipt") -> InvestigationExhibit:
    return investigation_exhibits.add_file(
        investigation=investigation, title="Receipt", source="Test purchase of 3 November", filename="receipt.pdf",
        chunks=iter([data]), actor=actor, at=timezone.now(),
    )  # fmt: skip


VERBS: dict[str, Callable[[Investigation, User], Any]] = {
    "note": lambda i, who: investigations.note(investigation=i, text="x", actor=who, at=timezone.now()),
    "collect": lambda i, who: investigations.collect(investigation=i, actor=who, at=timezone.now()),
    "file": file,
    "nothing": lambda i, who: findings.find_nothing(investigation=i, text="x", actor=who, at=timezone.now()),
    "propose": lambda i, who: findings.propose_policy(investigation=i, text="x", rule="", actor=who, at=timezone.now()),
    "conclude": lambda i, who: investigations.conclude(investigation=i, conclusion="x", actor=who, at=timezone.now()),
    "take_in": lambda i, who: investigations.take_in(investigation=i, person=who, actor=who, at=timezone.now()),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_for_members_and_while_it_is_open(verb: str, opened: Investigation, ines: User, sana: User) -> None:
    with pytest.raises(investigations.NotAMember):
        VERBS[verb](opened, sana)

    findings.find_nothing(investigation=opened, text="Nobody is linked.", actor=ines, at=timezone.now())
    VERBS[verb](opened, ines)
    if verb != "conclude":
        VERBS["conclude"](opened, ines)
    with pytest.raises(MoveRefused):
        VERBS[verb](opened, ines)


def test_it_ends_with_an_answer_that_stands_on_a_finding_and_can_be_taken_up_again(
    opened: Investigation, ines: User
) -> None:
    with pytest.raises(investigations.Unfounded):
        VERBS["conclude"](opened, ines)
    VERBS["nothing"](opened, ines)
    with pytest.raises(investigations.Unfounded):
        investigations.conclude(investigation=opened, conclusion=" ", actor=ines, at=timezone.now())
    VERBS["conclude"](opened, ines)

    again = investigations.take_up_again(investigation=opened, reason="A new seller", actor=ines, at=timezone.now())

    assert (again.state, again.concluded_at) == (InvestigationState.OPEN, None)
    with pytest.raises(MoveRefused):
        investigations.take_up_again(investigation=opened, reason="Twice", actor=ines, at=timezone.now())
    verbs = Entry.objects.filter(subject_kind="investigation", subject_id=opened.pk).order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "investigation.opened", "investigation.nothing_found", "investigation.concluded", "investigation.reopened",
    ]  # fmt: skip


def test_a_moderator_is_not_taken_in(opened: Investigation, ines: User, kim: User, sana: User) -> None:
    with pytest.raises(Refusal):
        investigations.take_in(investigation=opened, person=kim, actor=ines, at=timezone.now())
    investigations.take_in(investigation=opened, person=sana, actor=ines, at=timezone.now())

    assert VERBS["note"](opened, sana)


def test_what_is_collected_stands_once_and_what_is_taken_out_may_come_back(
    opened: Investigation, ines: User, three: list[Listing]
) -> None:
    group = LinkGroup.objects.create(first=three[0].merchant, hub=three[0].merchant, size=2)
    LinkRisk.objects.create(merchant=three[0].merchant, group=group)
    things = collecting.Things(listings=three, merchants=[three[0].merchant], groups=[group])
    given: dict[str, Any] = {
        "title": "",
        "question": "",
        "reason": "found together",
        "actor": ines,
        "at": timezone.now(),
    }

    assert collecting.add(into=opened, things=things, **given) == (opened, 5)
    assert collecting.add(into=opened, things=things, **given) == (opened, 0)
    row = Collected.objects.get(listing=three[1])
    investigations.drop(collected=row, actor=ines, at=timezone.now())
    with pytest.raises(MoveRefused):
        investigations.drop(collected=Collected.objects.get(pk=row.pk), actor=ines, at=timezone.now())
    assert collecting.add(into=opened, things=things, **given) == (opened, 1)
    assert Collected.objects.get(kind="group").content["merchants"] == [three[0].merchant.public_id]


def test_evidence_is_kept_under_its_hash_and_every_handling_of_it_stands(stocked: Investigation, ines: User) -> None:
    kept = file(stocked, ines)
    assert kept.sha256 == hashlib.sha256(b"a receipt").hexdigest()
    assert file(stocked, ines) == kept
    assert investigation_exhibits.download(exhibit=kept, actor=ines, at=timezone.now()) == b"a receipt"
    assert investigation_exhibits.verify(exhibit=kept, actor=ines, at=timezone.now())
    path_of(kept.sha256).write_bytes(b"another receipt")
    assert not investigation_exhibits.verify(exhibit=kept, actor=ines, at=timezone.now())
    path_of(kept.sha256).unlink()
    with pytest.raises(investigation_exhibits.NotThere):
        investigation_exhibits.download(exhibit=kept, actor=ines, at=timezone.now())

    assert list(kept.custody.order_by("id").values_list("handling", flat=True)) == [
        Handling.TAKEN, Handling.DOWNLOADED, Handling.VERIFIED, Handling.FAILED,
    ]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Custody.objects.filter(exhibit=kept).update(note="changed")


def test_a_captured_listing_stays_as_it_was(stocked: Investigation, three: list[Listing], ines: User) -> None:
    Listing.objects.filter(pk=three[0].pk).update(title="Another title")
    page = stocked.exhibits.get()

    assert page.content
    assert page.content["content"]["title"] == "Nestlé cocoa"
    assert investigation_exhibits.verify(exhibit=page, actor=ines, at=timezone.now())


def test_a_finding_opens_one_case_for_each_merchant_with_its_note(
    client: Client, stocked: Investigation, ines: User, three: list[Listing]
) -> None:
    other = ground.listing(make.merchant("Kestrel"), "Loose magnets")
    investigations.collect(investigation=stocked, listings=[other], reason="too", actor=ines, at=timezone.now())
    policy = make.policy("magnets")
    given: dict[str, Any] = {"policy": policy, "severity": Severity.CRITICAL, "text": "Loose magnets.", "actor": ines}
    keys = [three[0].pk, three[1].pk, other.pk]

    finding = findings.open_cases(investigation=stocked, listings=keys, at=timezone.now(), **given)
    again = findings.open_cases(investigation=stocked, listings=keys, at=timezone.now(), **given)

    cases = list(finding.cases.order_by("pk"))
    assert list(again.cases.order_by("pk")) == cases == list(Case.objects.order_by("pk"))
    assert [case.items.count() for case in cases] == [2, 1]
    assert {(case.origin, case.severity, case.policy, case.state) for case in cases} == {
        (CaseOrigin.STAFF, Severity.CRITICAL, policy, CaseState.OPEN)
    }
    assert Note.objects.filter(case=cases[0]).first().text == f"{stocked}: Loose magnets."  # type: ignore[union-attr]
    with pytest.raises(Refusal):
        findings.open_cases(investigation=stocked, listings=[], at=timezone.now(), **given)
    client.force_login(ines)
    assert client.get(reverse("investigations:case", args=[cases[0].pk])).status_code == 200
    assert client.get(reverse("investigations:queue")).status_code == 200


def test_a_proposal_becomes_a_draft_that_does_nothing_yet(stocked: Investigation, ines: User, mara: User) -> None:
    now = timezone.now()
    with pytest.raises(Refusal):
        findings.propose_policy(investigation=stocked, text="x", rule="listing.colour == 1", actor=ines, at=now)
    finding = findings.propose_policy(
        investigation=stocked, text="No loose magnets.", rule="listing.price > 10", actor=ines, at=now
    )
    investigations.take_in(investigation=stocked, person=mara, actor=ines, at=now)
    given: dict[str, Any] = {"slug": "magnets-loose", "family": "toys", "language": "en", "actor": mara, "at": now}

    policy = findings.begin_policy(finding=finding, **given)

    draft = policy.versions.get()
    assert (draft.rule, draft.jurisdictions, policy.mode) == ("listing.price > 10", ["DE"], Mode.OFF)
    assert draft.texts.get().summary == "No loose magnets."
    with pytest.raises(MoveRefused):
        findings.begin_policy(finding=finding, **given | {"slug": "again"})
    assert Policy.objects.count() == 1


def test_a_dossier_is_logged_by_its_hash_and_names_people_by_pseudonym(stocked: Investigation, ines: User) -> None:
    at = timezone.now()
    made = dossiers.make(investigation=stocked, language="en", actor=ines, at=at)

    front, *rest = sheets(made.data)
    assert "3 Evidence and its custody" in " ".join(front)
    evidence = " ".join(rest[1]).replace(" ", "")
    assert stocked.exhibits.get().sha256 in evidence
    assert "Taken,Ines" in evidence
    assert "ines@" not in str(rest)
    assert "They answer to one phone." in " ".join(line for sheet in rest for line in sheet)
    assert hashlib.sha256(made.data).hexdigest() == made.sha256
    entry = Entry.objects.get(verb="investigation.dossier_made")
    assert entry.data["sha256"] == made.sha256
    assert stocked.exhibits.get().custody.filter(handling=Handling.IN_DOSSIER).count() == 1


def test_a_search_is_kept_with_its_result(stocked: Investigation, ines: User) -> None:
    run = SearchRun.objects.create(person=ines, query="q=magnets", found=3, sha256="a" * 64, ran_at=timezone.now())
    things = collecting.Things(run=run)
    given: dict[str, Any] = {
        "title": "",
        "question": "",
        "reason": "The first look",
        "actor": ines,
        "at": timezone.now(),
    }

    assert collecting.add(into=stocked, things=things, **given) == (stocked, 1)
    run.delete()

    kept = stocked.searches.get()
    assert (kept.title, kept.found, kept.sha256) == ("The first look", 3, "a" * 64)


def test_a_case_out_of_an_investigation_is_decided_like_any_other(
    stocked: Investigation, ines: User, kim: User, three: list[Listing]
) -> None:
    now = timezone.now()
    finding = findings.open_cases(
        investigation=stocked, listings=[three[0].pk, three[1].pk], policy=make.policy("magnets"),
        severity=Severity.SERIOUS, text="Look.", actor=ines, at=now,
    )  # fmt: skip
    case = finding.cases.get()
    claims.claim(case=case, person=kim, at=now)
    first, second = case.items.order_by("id")

    ruling = cases.decide(
        case=case, verdicts={first.pk: Verdict.VIOLATES, second.pk: Verdict.FINE}, measure=Measure.REMOVE,
        actor=kim, reason="Loose magnets.", at=now,
    )  # fmt: skip

    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    assert ruling is not None
    assert ruling.decision is not None
    assert [item.listing_id for item in ruling.decision.items.all()] == [three[0].pk]
    assert "own initiative" in ruling.decision.statement.text
