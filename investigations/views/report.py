"""The public page on which anybody reports listings: no account, no script needed (DSA Art. 16(1)), and the receipt for it."""

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enforcement.domain.files import FileRefused
from enforcement.domain.links import LinkBroken
from enforcement.language import words as letters
from enforcement.views import throttle
from governance.web import formats
from governance.web.refusals import Refusal
from investigations.domain import notice_intake, notice_mail
from investigations.enums import NoticeChannel, NoticeState
from investigations.forms.report import ReportForm, sent
from investigations.models import Notice

READS = throttle.Rate("report-read", 120, 60)
BY_ADDRESS, BY_NETWORK = throttle.Rate("report", 10, 3600), throttle.Rate("report-network", 60, 3600)
"""A household reports less than the one in an hour, a whole network less than the other."""
NETWORK = {4: 24, 6: 48}

View = Callable[..., HttpResponse]


def in_language(view: View) -> View:
    """In the language asked for on the page, else the browser's; kept from caches and search engines."""

    @wraps(view)
    @never_cache
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("lang", "") or request.POST.get("lang", "")
        tag = asked if asked in dict(settings.LANGUAGES) else translation.get_language() or "en"
        with translation.override(tag):
            response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return opened


@in_language
def page(request: HttpRequest) -> HttpResponse:
    """Report listings. What is wrong is said beside what was typed; sent twice it is one report."""
    if request.method != "POST":
        return _page(request, ReportForm(initial={"things": request.GET.get("listing", "")[:500]}))
    form = ReportForm(request.POST, request.FILES)
    if _too_many(request):
        form.add_error(
            None, _("Too many reports came from here. Everything is still here: wait an hour, then send it.")
        )
        return _page(request, form, status=429)
    if not form.is_valid():
        return _page(request, form, status=422)
    data, tag = form.cleaned_data, translation.get_language() or "en"
    try:
        notice = notice_intake.receive(
            things=data["things"],
            ground=data["ground"],
            reason=data["reason"],
            language=letters.available(tag) or letters.SOURCE,
            actor=None,
            at=timezone.now(),
            sender=form.sender(),
            channel=NoticeChannel.PAGE,
            good_faith=data["good_faith"],
            sent=sent(data["proof"]),
            key=form.key,
        )
    except FileRefused as refusal:
        form.add_error("proof", str(refusal))
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    else:
        address = reverse("investigations:report-receipt", args=[notice_mail.token_of(notice)])
        return redirect(f"{address}?lang={tag}")
    return _page(request, form, status=422)


@require_safe
@in_language
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """It has arrived: the reference, the link to the answer, by when there is one."""
    try:
        notice = Notice.objects.select_related("reporter").filter(reference=notice_mail.reference_of(token)).first()
    except LinkBroken:
        notice = None
    if notice is None or throttle.exceeded(READS, token):
        raise Http404
    items = list(notice.items.select_related("listing", "merchant").order_by("pk"))
    context = {
        "notice": notice,
        "items": items,
        "token": token,
        "address": notice_mail.address_of(notice),
        "due_at": max(item.due_at for item in items),
        "set_aside": items[0].state == NoticeState.SET_ASIDE,
    }
    return render(request, "investigations/report_receipt.html", context | _frame())


def _page(request: HttpRequest, form: ReportForm, *, status: int = 200) -> HttpResponse:
    return render(request, "investigations/report.html", {"form": form} | _frame(), status=status)


def _frame() -> dict[str, Any]:
    tag = translation.get_language() or "en"
    return {"page_language": tag, "page_direction": formats.direction(tag)}


def _too_many(request: HttpRequest) -> bool:
    """Count this one by address and by network. Both are counted in the cache alone, and hashed."""
    address = _address_of(request)
    network = ipaddress.ip_network(f"{address}/{NETWORK[address.version]}", strict=False)
    by_address = throttle.exceeded(BY_ADDRESS, str(address))
    return throttle.exceeded(BY_NETWORK, str(network)) or by_address


def _address_of(request: HttpRequest) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Where it came from: behind a proxy, what our proxy has written last; what stands before it anybody may have written."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        given = request.META.get("HTTP_X_FORWARDED_FOR", given).rpartition(",")[2].strip()
    try:
        return ipaddress.ip_address(given)
    except ValueError:
        return ipaddress.IPv4Address(0)
