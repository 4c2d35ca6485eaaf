"""The whole loop over HTTP and the domain, with a figure for every stage.

Import and policies are there. A sweep is started over the API and run by the workers; a moderator decides cases in a browser's
steps; a merchant opens the link in the mail and appeals; a senior reviewer overturns; what was taken is found restored.
"""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from enforcement.enums import WON_APPEALS, AppealState, Automation, MessageKind, SweepState, ViolationState
from enforcement.models import Appeal, AppealItem, Decision, Message, Statement, Sweep, Violation
from governance.accounts.domain import api_keys
from governance.accounts.enums import Scope
from governance.cli import demo, demo_people, stage
from governance.cli.visitor import NotAsExpected, Page, Visitor
from governance.policies.enums import Mode
from governance.policies.models import Policy
from investigations.enums import Verdict
from investigations.models import Case
from listings.models import Listing, Merchant

CASES_TO_DECIDE = 6
APPEALS_TO_FILE = 3
SETTLES_WITHIN = 120.0  # seconds, for each stage that workers do
Say = Callable[[str], None]


@dataclass
class Clock:
    """Seconds of each stage."""

    seconds: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def lap(self, name: str) -> float:
        now = time.monotonic()
        self.seconds[name], self.began = round(now - self.began, 1), now
        return self.seconds[name]


def drive(base_url: str, say: Say) -> dict[str, Any]:
    """The summary that `./run demo --once` prints; the keys it insists on are in governance/cli/once.py."""
    clock = Clock()
    wait_until(lambda: stage.answers(base_url), "the web server")
    sweep = first_sweep(base_url, say)
    rate = (
        sweep.total / max((sweep.ended_at - sweep.began_at).total_seconds(), 0.001)
        if sweep.ended_at and sweep.began_at
        else 0
    )
    clock.lap("sweep")
    precision, recall = against_truth()
    say(f"Against the planted truth: precision {precision:.1%}, recall {recall:.1%}.")
    clock.lap("truth")
    decided = decide_cases(base_url, say)
    clock.lap("decide")
    follow_up(say)
    clock.lap("follow_up")
    appealed = appeal(base_url, decided, say)
    clock.lap("appeal")
    hear(base_url, appealed, say)
    clock.lap("hear")
    return {
        "merchants": Merchant.objects.count(),
        "listings": Listing.objects.count(),
        "policies": Policy.objects.exclude(mode=Mode.OFF).count(),
        "violations": Violation.objects.count(),
        "cases": Case.objects.count(),
        "decisions": Decision.objects.count(),
        "statements": Statement.objects.count(),
        "messages_sent": Message.objects.filter(sent_at__isnull=False).count(),
        "appeals": Appeal.objects.count(),
        "overturned": Appeal.objects.filter(state__in=sorted(WON_APPEALS)).count(),
        "restored": restored(),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "listings_per_second": round(rate),
        "seconds": clock.seconds,
    }


def first_sweep(base_url: str, say: Say) -> Sweep:
    """Start a sweep over the API, with a key made for it, and wait for the workers to finish it."""
    key = _key()
    answer = _post(f"{base_url}/api/v1/sweeps", {"kind": "full", "reason": "the demo's first look"}, key)
    wait_until(lambda: _state(answer["id"]) not in (SweepState.QUEUED, SweepState.RUNNING), "the sweep to end")
    sweep = Sweep.objects.get(pk=answer["id"])
    if sweep.state != SweepState.FINISHED:
        raise NotAsExpected(f"The sweep is {sweep.state}: {sweep.error}")
    found = Violation.objects.filter(state=ViolationState.OPEN).count()
    say(f"Sweep {sweep.pk} looked at {sweep.total} listings and merchants and found {found} violations.")
    return sweep


def follow_up(say: Say) -> None:
    """Wait until the workers have decided what is to be decided and opened the cases that are owed."""
    wait_until(lambda: not Violation.objects.exclude(owed="nothing").exists(), "decisions and cases to be made")
    automated = Decision.objects.filter(automation=Automation.FULL).count()
    say(f"{automated} decisions by automation, {Case.objects.count()} cases for people.")


def decide_cases(base_url: str, say: Say) -> list[Decision]:
    """As the moderator: press Next, find every listing violating, choose the first measure, decide; and so on.

    The first cases wait while the workers still open the others.
    """
    wait_until(lambda: Case.objects.count() > CASES_TO_DECIDE, "cases to decide")
    moderator = demo_people.named("moderator")
    visitor = Visitor(base_url)
    page = visitor.sign_in("/accounts/login/", moderator.username, demo_people.password())
    queue = visitor.open("/queue/")
    page = visitor.send(queue, queue.form(ending="/next/"), {})
    for _case in range(CASES_TO_DECIDE):
        page = _decide(visitor, page)
    decided = list(Decision.objects.filter(decided_by=moderator).order_by("pk"))
    say(f"The moderator decided {len(decided)} cases over the pages.")
    return decided


def appeal(base_url: str, decisions: list[Decision], say: Say) -> list[Appeal]:
    """As the merchants: follow the link in the mail, read, and appeal."""
    for decision in decisions[:APPEALS_TO_FILE]:
        _await_delivery(decision)
        visitor = Visitor(base_url)
        page = visitor.open(urllib.parse.urlsplit(_link_to(decision)).path)
        visitor.send(
            page, page.form(ending="/appeal/"), {"text": "The product is another one than you think. See the report."}
        )
    filed = list(Appeal.objects.filter(state=AppealState.FILED).order_by("pk"))
    say(f"{len(filed)} merchants followed the link in their mail and appealed.")
    return filed


def hear(base_url: str, appeals: list[Appeal], say: Say) -> None:
    """As the senior reviewer, who had no part in the decisions: take each appeal and overturn it."""
    visitor = Visitor(base_url)
    visitor.sign_in("/accounts/login/", "senior", demo_people.password())
    for each in appeals:
        page = visitor.open(f"/appeals/{each.pk}/")
        page = visitor.send(page, page.form(ending="/take/"), {})
        form = page.form(ending="/decide/")
        entered: dict[str, str | list[str]] = {name: "overturned" for name in form.names if name.startswith("outcome-")}
        visitor.send(
            page, form, entered | {"answer": "You are right: the report covers this product. It is back on sale."}
        )
    say(f"The senior reviewer overturned {Appeal.objects.filter(state__in=sorted(WON_APPEALS)).count()} of them.")


def restored() -> int:
    """Appeals that were won and whose every overturned item was found as it had been before the decision."""
    won = Appeal.objects.filter(state__in=sorted(WON_APPEALS))
    unrestored = AppealItem.objects.filter(outcome="overturned", restored_at__isnull=True).values("appeal")
    return won.exclude(pk__in=unrestored).count()


def against_truth() -> tuple[float, float]:
    """Precision and recall of what is open, over pairs of (listing or merchant, policy), against what was planted."""
    rows = Violation.objects.filter(state=ViolationState.OPEN).values_list(
        "merchant__external_id", "listing__external_id", "policy__slug"
    )
    found = {(merchant, listing or "", slug) for merchant, listing, slug in rows}
    truth = demo.truth()
    right = len(found & truth)
    return right / max(len(found), 1), right / max(len(truth), 1)


def wait_until(reached: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + SETTLES_WITHIN
    while not reached():
        if time.monotonic() > until:
            raise NotAsExpected(f"Waited {SETTLES_WITHIN:.0f} s for {what}.")
        time.sleep(0.1)


def _decide(visitor: Visitor, page: Page) -> Page:
    """Decide the case of the page: everything in it violates."""
    form = page.form(ending="/decide/")
    verdicts: dict[str, str | list[str]] = {
        name: Verdict.VIOLATES.value for name in form.names if name.startswith("verdict-")
    }
    chosen = dict(form.values).get("measure") or "warn"
    return visitor.send(page, form, verdicts | {"measure": chosen, "reason": "The listing says so itself"})


def _await_delivery(decision: Decision) -> None:
    found = Message.objects.filter(decisions=decision, kind=MessageKind.STATEMENT)
    wait_until(lambda: found.filter(sent_at__isnull=False).exists(), f"the mail about {decision.reference}")


def _link_to(decision: Decision) -> str:
    """The link to the statement in the mail as it was delivered, which may tell of other decisions, too."""
    for file in sorted(Path(settings.EMAIL_FILE_PATH).glob("*")):
        for raw in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
            mail = message_from_bytes(raw.lstrip(), policy=policy.default)
            body = mail.get_body(("plain",))
            text = body.get_content() if body else ""
            if links := [word for word in text.split() if f"/s/{decision.reference}" in word]:
                return links[0]
    raise NotAsExpected(f"There is no mail about {decision.reference} in {settings.EMAIL_FILE_PATH}")


def _state(sweep_id: int) -> str:
    return str(Sweep.objects.values_list("state", flat=True).get(pk=sweep_id))


def _key() -> str:
    _row, secret = api_keys.create(
        name=f"demo {timezone.now():%H:%M:%S}",
        scopes=[Scope.SWEEPS_WRITE, Scope.SWEEPS_READ],
        actor=demo_people.named("admin"),
        at=timezone.now(),
    )
    return secret


def _post(url: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 -- our own address
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return dict(json.loads(answer.read()))
