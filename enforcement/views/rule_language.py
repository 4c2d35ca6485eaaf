"""The rule language, documented from the one vocabulary that the checker reads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enforcement import permissions
from enforcement.views.policies import language
from governance.policies.domain import rules
from governance.web.access import opens

EXAMPLE = """listing.category.isUnder("toys")
&& listing.price < 5.0
&& !listing.certificateValid("EN 71", now)
&& (!has(listing.attr.minimum_age) || listing.attr.minimum_age < 3.0)"""


@opens(permissions.can_see_policies)
def page(request: HttpRequest) -> HttpResponse:
    context = {"vocabulary": rules.vocabulary(language()), "example": EXAMPLE}
    return render(request, "enforcement/rule_language.html", context)
