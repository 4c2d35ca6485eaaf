"""What a policy says that it is about in the EU's Transparency Database, where its family does not say it well enough."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from governance.policies.enums import Ground, Matter

OTHER = "KEYWORD_OTHER"
_FILE = Path(__file__).resolve().parents[1] / "data" / "matters.toml"
KEYWORDS: Mapping[str, tuple[str, ...]] = {
    category: (*found, OTHER) for category, found in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()
}
"""The keywords that belong to a category."""


def problems(*, category: str, keywords: Collection[str], other: str, ground: str) -> dict[str, str]:
    """What is wrong with a version's own matter, by field; nothing is wrong with having none."""
    found: dict[str, str] = {}
    if category and category not in KEYWORDS:
        found["transparency_category"] = _("The database has no such category.")
    elif category == Matter.OTHER_VIOLATION_TC and ground == Ground.LEGAL:
        found["transparency_category"] = _(
            "What is illegal is no “other violation of the terms”: choose the law's matter."
        )
    elif keywords and not category:
        found["transparency_keywords"] = _("Choose the category to which these keywords belong.")
    elif foreign := sorted(set(keywords) - set(KEYWORDS.get(category, ()))):
        found["transparency_keywords"] = _("These do not belong to the category: %(keywords)s.") % {
            "keywords": ", ".join(foreign)
        }
    if OTHER in keywords and not other.strip():
        found["transparency_other"] = _("Say what “other” stands for.")
    elif other.strip() and OTHER not in keywords:
        found["transparency_other"] = _("These words go with the keyword KEYWORD_OTHER. Choose it too.")
    return found
