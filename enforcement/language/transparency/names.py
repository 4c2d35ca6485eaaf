"""Categories of the database in words, as its own pages call them. Those that policies use; others are shown as codes."""

from django.utils.translation import gettext_lazy as _

CATEGORIES = {
    "STATEMENT_CATEGORY_ANIMAL_WELFARE": _("Animal welfare"),
    "STATEMENT_CATEGORY_CONSUMER_INFORMATION": _("Consumer information"),
    "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS": _("Intellectual property"),
    "STATEMENT_CATEGORY_OTHER_VIOLATION_TC": _("Other violation of the terms"),
    "STATEMENT_CATEGORY_PROTECTION_OF_MINORS": _("Protection of minors"),
    "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS": _("Unsafe and prohibited products"),
}


def category_name(code: str) -> str:
    return str(CATEGORIES.get(code, code))
