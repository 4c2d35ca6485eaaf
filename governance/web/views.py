"""Pages and small posts that belong to no room: the specimen of all components, the market filter."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from governance.web import markets as market_filter
from governance.web import specimen
from governance.web.access import opens, signed_in

YEAR = 31_536_000


def back(request: HttpRequest, *, otherwise: str = "/") -> str:
    """The address a form was sent from, when it is ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else otherwise


@opens(signed_in)
def design(request: HttpRequest) -> HttpResponse:
    return render(request, "web/design.html", specimen.context(request.GET))


@opens(signed_in)
def design_work(request: HttpRequest) -> HttpResponse:
    return render(request, "web/design/work.html", specimen.context(request.GET))


@opens(signed_in)
def design_letter(request: HttpRequest) -> HttpResponse:
    return render(request, "web/design/letter.html", specimen.context(request.GET))


@login_required
def markets(request: HttpRequest) -> HttpResponse:
    """The contents of the market menu, fetched when it opens; a post chooses."""
    if request.method != "POST":
        chosen = market_filter.chosen(request)
        context = {"groups": market_filter.groups(), "chosen": chosen, "next": request.GET.get("next", "/")}
        return render(request, "partials/market_menu.html", context)
    codes = request.POST.getlist("market") if "chosen" in request.POST else request.POST.get("markets", "").split(",")
    market_filter.choose(request, codes)
    return HttpResponseRedirect(back(request))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of this device, for whoever has not signed in; a person's own is a preference."""
    response = HttpResponseRedirect(back(request))
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR, samesite="Lax")
    return response
