"""What the page says of a rule in the making: the fields of the version's form that a preview reads."""

import re
from collections.abc import Sequence

from django.http import QueryDict

from enforcement.engine.preview import Draft
from governance.policies.models import Policy
from listings.models import Category, Market

PAGE = re.compile(r"[0-9a-f]{16}")
LONGEST_RULE = 10_000


def draft_of(posted: QueryDict, policy: Policy) -> Draft:
    """Markets and categories that nobody knows are left out. Without a market all are meant: none has been chosen yet."""
    return draft(
        posted.get("rule", "")[: LONGEST_RULE + 1],
        jurisdictions=posted.getlist("jurisdictions"),
        categories=posted.getlist("categories"),
        policy_id=policy.pk,
    )


def draft(rule: str, *, jurisdictions: Sequence[str], categories: Sequence[str], policy_id: int | None = None) -> Draft:
    markets = list(Market.objects.order_by("code").values_list("code", flat=True))
    chosen = tuple(code for code in markets if code in jurisdictions)
    known = Category.objects.filter(code__in=categories).order_by("code") if categories else Category.objects.none()
    return Draft(rule, chosen or tuple(markets), tuple(known.values_list("code", flat=True)), policy_id)


def page_of(posted: QueryDict) -> str:
    """The random name of the open page; one that is none is nobody's."""
    given = posted.get("preview_page", "")
    return given if PAGE.fullmatch(given) else "0" * 16
