"""You: language, time zone, light or dark, and how product photos are shown."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from governance.accounts.domain import people
from governance.accounts.forms import Preferences
from governance.accounts.models import User
from governance.accounts.views.acting import carry_out, person
from governance.web import toasts
from governance.web.views import back

SWITCHES = {"blur": "image_blur", "grey": "image_grey"}
YEAR = 31_536_000


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    you = person(request)
    if request.method == "POST" and "time_zone" not in request.POST:
        return _switch(request, you)
    form = Preferences(request.POST or None, instance=User.objects.get(pk=you.pk))
    if request.method == "POST" and form.is_valid():
        people.set_preferences(user=you, actor=you, at=timezone.now(), **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            toasts.tell(request, _("Your preferences are saved"))
        response = redirect("accounts:preferences")
        # The page's own switch keeps the device's choice in this cookie; what was just chosen goes before it.
        response.set_cookie("theme", form.cleaned_data["theme"], max_age=YEAR, samesite="Lax")
        return response
    return render(request, "accounts/preferences.html", {"form": form}, status=422 if form.errors else 200)


def _switch(request: HttpRequest, you: User) -> HttpResponse:
    """One press in the person's menu."""
    return carry_out(
        request,
        people.set_preferences,
        pgettext("preference", "Changed"),
        back(request),
        user=you,
        **_pressed(request.POST),
    )


def _pressed(given: QueryDict) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: given[key] == "on" for key, name in SWITCHES.items() if key in given}
    return wanted | ({"language": given["language"]} if "language" in given else {})
