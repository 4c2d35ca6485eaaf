"""What lists may be narrowed to, and how keys are typed."""

import re

from django.utils.translation import get_language

from investigations.models import Case, Queue
from investigations.queries import lines
from listings.models import Category, Market

CASE_ID = re.compile(r"^C-?(\d{1,18})$", re.IGNORECASE)
LISTING_ID = re.compile(r"^L-?(\d{1,18})$", re.IGNORECASE)
EAN = re.compile(r"^\d{8,14}$")


def language() -> str:
    return (get_language() or "en").split("-")[0]


def queue_choices() -> list[tuple[str, str]]:
    """Also those that were removed: cases were decided in them."""
    queues = Queue.objects.order_by("removed_at", "is_default", "position", "id")
    return [(queue.key, queue.name_in(language())) for queue in queues]


def market_choices() -> list[tuple[str, str]]:
    return [(code, code) for code in Market.objects.order_by("code").values_list("code", flat=True)]


def category_choices() -> list[tuple[str, str]]:
    rows = Category.objects.filter(depth=0).order_by("code").values_list("code", "names")
    return sorted(
        ((code, names.get(language()) or names.get("en") or code) for code, names in rows), key=lambda c: c[1]
    )


def policy_choices() -> list[tuple[str, str]]:
    """The policies under which there are cases, by title."""
    keys = Case.objects.order_by().values_list("policy", flat=True).distinct()
    titles = lines.policy_titles([key for key in keys if key], language=language())
    return sorted(((str(key), title) for key, title in titles.items()), key=lambda choice: choice[1])
