from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from governance.accounts.enums import Role
from investigations.domain import claims, team
from investigations.models import Case, Queue, TeamOutlook
from tests.factories import cases as make
from tests.investigations.team import ground

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = Path("/tmp/team-shots")


def test_shots(page_of, kim, lee, sana, tess):
    SHOTS.mkdir(exist_ok=True)
    empty = page_of(tess)
    for name in ("figures", "forecast"):
        empty.goto(f"/team/{name}/")
        empty.screenshot(path=SHOTS / f"empty-{name}.png", full_page=True)
    people = [kim, lee, sana, *(make.person(n, Role.MODERATOR) for n in ("odile", "per", "ruth"))]
    policies = [
        make.policy(s, title=t)
        for s, t in (
            ("magnets", "Strong loose magnets in toys"),
            ("cords", "Cords in children's clothing"),
            ("lasers", "Laser pointers above class 2"),
        )
    ]
    ground.weeks(people, policies, now=timezone.now())
    today = timezone.localdate()
    team.enter_absence(person=lee, starts_on=today, ends_on=today + timedelta(days=3), actor=lee, at=timezone.now())
    row = TeamOutlook.objects.get()
    row.waiting = {
        q.key: {"cases": n, "due": {str(today + timedelta(days=d)): n // 6 for d in range(6)}}
        for q, n in zip(Queue.objects.order_by("position"), (20, 310, 640, 120, 90))
    }
    row.reach = {
        key: {str(p.pk): each["cases"] // (2 if p.pk % 2 else 1) for p in people} for key, each in row.waiting.items()
    }
    row.save()
    claims.claim_next(person=kim, at=timezone.now())
    for scheme in ("light", "dark"):
        for width in (1440, 1280):
            page = page_of(tess, color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            ids = "&".join(f"ids={c.pk}" for c in Case.objects.filter(state="open")[:3])
            for name, path in (
                ("figures", "/team/figures/"),
                ("today", "/team/figures/?days=0"),
                ("narrow", "/team/figures/?days=7&queue=product_safety"),
                ("forecast", "/team/forecast/?queue=product_safety"),
                ("whatif", "/team/forecast/?queue=product_safety&people_product_safety=2"),
                ("error", "/team/forecast/?queue=product_safety&people_product_safety=900"),
                ("hand", f"/team/hand/?{ids}"),
                ("people", "/team/"),
                ("queue", "/queue/?clear"),
                ("back", f"/team/take-back/?ids={Case.objects.get(state='in_review').pk}"),
            ):
                if width == 1280 and scheme == "dark":
                    continue
                page.goto(path)
                page.screenshot(path=SHOTS / f"{name}-{scheme}-{width}.png", full_page=True)
                over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                print(name, width, "overflow", over)
