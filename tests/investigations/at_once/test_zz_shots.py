from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from enforcement.models import Violation
from governance.policies.enums import Severity
from investigations.domain import grid
from tests.factories import cases as make
from tests.investigations.at_once import waiting
from tests.investigations.test_browser import EXPLANATION
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db(transaction=True)
OUT = Path("/tmp/grid-shots")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shots(page_of, kim, scheme) -> None:
    OUT.mkdir(exist_ok=True)
    for code in ("DE", "FR", "AT"):
        make.market(code)
    at = timezone.now() - timedelta(hours=1)
    desk = page_of(kim, color_scheme=scheme, reduced_motion="reduce")
    desk.goto(address("grid"))
    desk.screenshot(path=OUT / f"start-empty-{scheme}.png")
    waiting.cases(18, at=at, markets=("DE", "FR"))
    for listing in __import__("listings.models", fromlist=["Listing"]).Listing.objects.all():
        listing.title = [
            "Magnet cube set, 216 pieces, 5 mm, neodymium",
            "Magnetkugeln Spielzeug bunt",
            "Desk toy for adults: magnetic putty with metal eyes and tin box, large",
        ][listing.pk % 3]
        listing.description = "Strong loose magnets for young and old. Build anything. Keep away from cards." * 2
        listing.save()
    Violation.objects.update(explanation=EXPLANATION, listing_version=77)
    make.case(
        make.policy("cords", title="Cords in hoods", severity=Severity.CRITICAL),
        make.merchant("Sud Kinderkleidung"),
        listings=4,
    )
    desk.goto(address("queue"))
    desk.screenshot(path=OUT / f"queue-{scheme}.png")
    desk.goto(address("grid"))
    desk.screenshot(path=OUT / f"start-{scheme}.png")
    page = grid.draw(person=kim, queue=None, at=timezone.now())
    for width in (1440, 1280):
        desk.set_viewport_size({"width": width, "height": 900})
        desk.goto(address("grid-page", page.pk))
        desk.wait_for_timeout(300)
        desk.screenshot(path=OUT / f"grid-{width}-{scheme}.png")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("1")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("s")
    desk.keyboard.press("ArrowRight")
    desk.screenshot(path=OUT / f"grid-marked-{scheme}.png")
    desk.keyboard.press("Enter")
    desk.locator("#look-body .evidence").wait_for()
    desk.screenshot(path=OUT / f"grid-look-{scheme}.png")
    desk.keyboard.press("Escape")
    desk.keyboard.press("Control+Enter")
    desk.locator("#unseen").wait_for()
    desk.screenshot(path=OUT / f"grid-unseen-{scheme}.png")
    desk.locator("#unseen button[value=leave]").click()
    desk.get_by_text("What became of your page").wait_for()
    desk.screenshot(path=OUT / f"grid-result-{scheme}.png")
    if scheme == "light":
        grid_page = address("grid")
        desk.goto(grid_page)
        desk.screenshot(path=OUT / "start-after.png")
