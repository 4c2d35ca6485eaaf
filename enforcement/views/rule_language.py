"""The rule language, documented from the one vocabulary that the checker reads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enforcement import permissions
from enforcement.views.policies import language
from governance.policies.domain import rules
from governance.web.access import opens


@opens(permissions.can_see_policies)
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "enforcement/rule_language.html", {"vocabulary": rules.vocabulary(language())})
