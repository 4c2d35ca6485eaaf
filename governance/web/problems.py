"""Problem details for HTTP APIs (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import defaults

CONTENT_TYPE = "application/problem+json"

# What `type` points to; the API's documentation describes each under its anchor.
KINDS = {
    "invalid": _("A field or parameter is wrong. The errors say which and why; nothing was written."),
    "refused": _("The request is well formed, but a rule of the house refuses it. Nothing was written."),
    "wrong-state": _("The thing has moved on and does not allow this any more. Read it again."),
    "broken-cursor": _("The cursor is cut, changed or belongs to another order. Start again without it."),
    "unauthenticated": _("No valid API key or session came with the request."),
    "forbidden": _("The key or person may not do this. The detail names the scope that is missing."),
    "not-found": _("There is nothing at this address, or not for you."),
    "too-large": _("More or larger files than are taken. Nothing was kept."),
    "too-many": _("Too many requests. Wait as long as Retry-After says."),
}
KIND_OF_STATUS = {
    400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "not-found", 409: "wrong-state", 413: "too-large", 422: "refused", 429: "too-many",
}  # fmt: skip


def problem(
    status: int, detail: object, *, instance: str, errors: Mapping[str, Any] | None = None, kind: str = ""
) -> dict[str, Any]:
    """The body of a problem. `errors` is by field: `{"price": ["Not a number."]}`."""
    kind = kind or KIND_OF_STATUS.get(status, "")
    body: dict[str, Any] = {
        "type": _address(kind),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "instance": instance,
    }
    if errors:
        body["errors"] = errors
    return body


def _address(kind: str) -> str:
    try:
        return f"{reverse('api-docs')}#problem-{kind}" if kind else "about:blank"
    except NoReverseMatch:
        return "about:blank"


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """The answer to an address under /api/ that does not exist."""
    body = problem(404, gettext("There is nothing at this address."), instance=request.path)
    return JsonResponse(body, status=404, content_type=CONTENT_TYPE)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: a request failed through our fault; under /api/ that is a problem, elsewhere a page."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    detail = gettext("We failed to answer, and the failure is in our log. What was not confirmed was not written.")
    body = problem(500, detail, instance=request.path)
    return JsonResponse(body, status=500, content_type=CONTENT_TYPE)
