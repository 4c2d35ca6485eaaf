"""The rule language's environment, made from what the database knows now: attributes, categories, term lists, markets."""

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from governance.policies.language.environment import Environment
from governance.policies.language.kinds import AttributeType
from governance.policies.language.terms import TermListSpec
from governance.policies.models import TermList, TermListVersion
from listings.models import AttributeDefinition, Category, Market

Stamp = tuple[object, ...]
KEPT = 4
_STAMP = """
    SELECT
        (SELECT max(id) FROM listings_attributedefinition), (SELECT count(*) FROM listings_attributedefinition),
        (SELECT max(id) FROM listings_category), (SELECT count(*) FROM listings_category),
        (SELECT array_agg(current_id ORDER BY id)::text FROM policies_termlist WHERE current_id IS NOT NULL),
        (SELECT string_agg(code || languages::text, ' ' ORDER BY code) FROM listings_market)
"""


def environment() -> Environment:
    """The environment of now. Made again, once a process, when something that a rule may name has changed."""
    return _made(stamp())


def stamp() -> Stamp:
    """Changes whenever the environment would: registers only grow or are replaced whole, term lists are versioned."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        return tuple(cursor.fetchone() or ())


@lru_cache(maxsize=KEPT)
def _made(of: Stamp) -> Environment:
    attributes = AttributeDefinition.objects.order_by("key").values_list("key", "kind", "unit", "labels")
    lists = TermListVersion.objects.filter(pk__in=_current()).select_related("term_list").order_by("term_list__key")
    return Environment(
        attributes=[AttributeType(key, kind, unit, labels) for key, kind, unit, labels in attributes],
        term_lists=[spec_of(version) for version in lists],
        categories=dict(Category.objects.values_list("code", "names")),
        markets={code: {} for code in Market.objects.values_list("code", flat=True)},
    )


def spec_of(version: TermListVersion) -> TermListSpec:
    return TermListSpec(
        key=version.term_list.key,
        version=version.number,
        terms=version.terms,
        names=version.term_list.names,
        reads=version.reads,
        exceptions=version.exceptions,
        context=version.context,
        context_words=version.context_words,
        stems=version.stems,
    )


def _current() -> QuerySet[TermList, Any]:
    return TermList.objects.filter(current__isnull=False).values("current")
