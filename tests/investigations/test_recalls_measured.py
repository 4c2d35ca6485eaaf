"""The small twin of `./run drill recalls`: real alerts, planted products and look-alikes, found by what they are."""

from pathlib import Path

import pytest

from governance.cli.drills import _recall_ground as ground
from tests.factories import cases

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def test_planted_products_are_found_and_look_alikes_are_never_exact(reference_data: Path) -> None:
    cases.market("DE")
    planted = ground.plant(reference_data, cases.merchant("Planter"), most=250)
    for way in (ground.by_alert, ground.by_listing):
        result = way(planted)
        assert min(result.planted[kind] for kind in ("gtin", "model", "text")) > 10
        assert result.found["gtin"] == result.planted["gtin"]
        assert result.found["model"] >= 0.95 * result.planted["model"]
        assert result.found["text"] >= 0.9 * result.planted["text"]
        assert (result.wrong["gtin"], result.wrong["model"]) == (0, 0), "\n".join(result.examples)
        assert sum(result.exact_lookalikes.values()) == 0
