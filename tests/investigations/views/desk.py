"""What the tests of a case's page share: its addresses, its HTML, and the form as the page would post it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from investigations.enums import Verdict
from investigations.models import Case


def address(name: str, *args: Any) -> str:
    return reverse(f"investigations:{name}", args=args)


def page(client: Client, case: Case, tab: str = "") -> str:
    response = client.get(address("case-tab", case.pk, tab) if tab else address("case", case.pk))
    assert response.status_code == 200
    return response.content.decode()


def entered(case: Case, *verdicts: Verdict, **more: Any) -> dict[str, Any]:
    """The form as the page would post it."""
    keys = list(case.items.filter(settled_at__isnull=True).order_by("pk").values_list("pk", flat=True))
    fields = {
        "known_up_to": keys[-1],
        "measure": "remove",
        "markets": ["DE", "FR"],
        "reason": "The marked words leave no doubt",
        "fine_reason": "The rule caught something else",
    }
    return fields | {f"verdict-{key}": verdict.value for key, verdict in zip(keys, verdicts, strict=False)} | more
