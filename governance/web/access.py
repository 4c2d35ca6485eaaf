"""Who may open a view: one predicate on the view, asked by the view and by the rail alike."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


class Predicate(Protocol):
    def __call__(self, user: Any, /) -> bool: ...


def signed_in(user: Any, /) -> bool:
    return bool(user.is_authenticated)


def opens(predicate: Predicate) -> Callable[[View], View]:
    """Let in only the signed-in people for whom `predicate(user)` holds. The predicate must not query."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not predicate(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        inner = login_required(guarded)
        inner.may_open = predicate  # type: ignore[attr-defined]
        return inner

    return decorate


def may_open(view: Any, user: Any) -> bool:
    """Whether a resolved view lets this person in: `may_open` of the function, or of its class."""
    predicate: Predicate | None = getattr(view, "may_open", None) or getattr(
        getattr(view, "view_class", None), "may_open", None
    )
    return predicate(user) if predicate else signed_in(user)
