"""Home, policies and sweeps in Chromium: accessible in both themes, and driven by keyboard."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from enforcement.domain import sweep_work, sweeps
from enforcement.enums import SweepKind, SweepState
from enforcement.models import Sweep
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.models import PolicyVersion
from tests.factories import cases as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager() -> User:
    return make.person("mara", Role.GOVERNANCE_MANAGER)


def swept(manager: User) -> Sweep:
    make.market("DE")
    magnets = make.policy("magnets")
    cube = make.listing(make.merchant("Acme"), "Magnet cube")
    sweep = sweeps.start(kind=SweepKind.FULL, actor=manager, reason="a look", at=timezone.now(), chunk_size=1)
    while sweep_work.run_next(sweep_id=sweep.pk, at_once=2, clock=timezone.now):
        pass
    make.violation(cube, magnets)
    return sweep


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("full", [True, False])
def test_the_pages_are_accessible(
    page_of: Callable[..., Page],
    manager: User,
    check_accessibility: Callable[[Page], None],
    scheme: str,
    full: bool,
) -> None:
    paths = ["/", reverse("enforcement:policies"), reverse("enforcement:sweeps"), reverse("enforcement:rule-language")]
    if full:
        sweep = swept(manager)
        pk = sweep.policies.get().version.policy_id
        paths += [reverse("enforcement:sweep", args=[sweep.pk])]
        paths += [reverse(f"enforcement:{name}", args=[pk]) for name in ("policy", "policy-edit")]
    page = page_of(manager, color_scheme=scheme, reduced_motion="reduce")
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        check_accessibility(page)
        width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], path
    assert told == []


def test_a_sweep_is_started_watched_and_paused_by_keyboard(page_of: Callable[..., Page], manager: User) -> None:
    make.policy("magnets")
    make.listing(make.merchant("Acme"), "Magnet cube")
    page = page_of(manager, reduced_motion="reduce")
    page.goto(reverse("enforcement:sweeps"))
    page.keyboard.press("n")
    page.locator("dialog[open]").wait_for()
    page.get_by_role("button", name="Start the sweep").press("Enter")
    page.get_by_role("heading", name="Sweep").first.wait_for()
    sweep = Sweep.objects.get()
    page.keyboard.press("p")
    page.get_by_text("Paused").first.wait_for()
    assert Sweep.objects.get().state == SweepState.PAUSED
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    while sweep_work.run_next(sweep_id=sweep.pk, at_once=2, clock=timezone.now):
        pass
    expect(page.locator("#sweep")).to_contain_text("Finished", timeout=10_000)


def test_a_rule_is_checked_while_it_is_typed(page_of: Callable[..., Page], manager: User) -> None:
    for code in ("DE", "FR", "AT"):
        make.market(code)
    magnets = make.policy("magnets", author=manager)
    page = page_of(manager)
    page.goto(reverse("enforcement:policy", args=[magnets.pk]))
    page.keyboard.press("e")
    page.wait_for_url(reverse("enforcement:policy-edit", args=[magnets.pk]))
    field = page.locator("#id_rule")
    field.fill("listing.prise < 5")
    page.get_by_text("Did you mean `price`?").wait_for()
    page.get_by_role("button", name="1:9").press("Enter")
    assert field.evaluate("each => [each.selectionStart, each.selectionEnd]") == [8, 13]
    field.fill("listing.price < 5")
    page.get_by_text("Types agree.").wait_for()
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_text("Draft saved").wait_for()
    assert PolicyVersion.objects.get(policy=magnets, number=2).rule == "listing.price < 5"
