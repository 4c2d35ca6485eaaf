"""May this be listed? Asked before an offer goes live."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement.api import check_answers
from enforcement.api.check_bodies import (
    CheckManyIn,
    CheckManyOut,
    CheckOneIn,
    CheckOut,
    DocumentIn,
)
from enforcement.api.check_examples import EXAMPLES
from enforcement.domain import listing_checks
from enforcement.domain.listing_checks import Answer, Document
from enforcement.language import asked
from governance.accounts import permissions
from governance.accounts.enums import Scope
from governance.accounts.models import User
from governance.web.api import problem_handler
from governance.web.problems import problem
from governance.web.viewsets import ScopedViewSet

HEADER = OpenApiParameter(
    "Accept-Language",
    str,
    OpenApiParameter.HEADER,
    description="In which languages the reasons are wanted, the best first. Each says in which it is; the last resort is English.",
)


class ListingCheckViewSet(ScopedViewSet):
    """Listings before they go live."""

    scopes = {"create": Scope.LISTINGS_CHECK}
    serializer_class = CheckOut
    pagination_class = None

    @extend_schema(
        operation_id="listings_check",
        request=PolymorphicProxySerializer("Check", [CheckOneIn, CheckManyIn], resource_type_field_name=None),
        responses={200: PolymorphicProxySerializer("Checked", [CheckOut, CheckManyOut], resource_type_field_name=None)},
        parameters=[HEADER],
        examples=EXAMPLES,
    )
    def create(self, request: Request) -> Response:
        """Ask whether one listing, or up to 100, may go live.

        Takes what the push of a listing takes, and reads it in the same way. Nothing is stored, neither the listing nor the
        question. With `store` a listing that may go live in each of its markets is written as if it had been pushed; this
        needs the scope listings:write too.

        The verdict is given for each market: `allow`; `allow_with_corrections`, where a policy would warn, ask to correct or
        gate by age; `review`, where a person would have to look first; `block`, where it would be taken off sale. The whole's
        verdict is the strictest of them. A policy that cannot be decided for want of facts weighs nothing: it stands under
        `undecided` with the facts that are missing. One bad listing among many has an `error` of its own.
        """
        many = isinstance(request.data, dict) and "listings" in request.data
        body: CheckOneIn | CheckManyIn = CheckManyIn(data=request.data) if many else CheckOneIn(data=request.data)
        body.is_valid(raise_exception=True)
        options = dict(body.validated_data)
        store = options.pop("store")
        if store and not permissions.has_scope(request.user, Scope.LISTINGS_WRITE):
            raise PermissionDenied(_("This needs the scope %(scope)s.") % {"scope": Scope.LISTINGS_WRITE})
        wanted = asked.languages(options.pop("reasons_in") or request.headers.get("Accept-Language", ""))
        documents = options["listings"] if many else [options]
        read = list(_read(documents, store=store)) if many else documents
        answers = self._answered(read, wanted, store)
        if many:
            return Response({"results": [_result(place, each, request) for place, each in enumerate(answers)]})
        (answer,) = answers
        if isinstance(answer, Exception):
            raise answer
        return Response(check_answers.answer(answer))

    def _answered(self, read: Sequence[Document | Exception], wanted: asked.Languages, store: bool) -> list[Answer]:
        good = [document for document in read if not isinstance(document, Exception)]
        user = cast(User, self.request.user)
        answers = iter(
            listing_checks.check(documents=good, languages=wanted, store=store, actor=user, at=timezone.now())
        )
        return [document if isinstance(document, Exception) else next(answers) for document in read]


def _read(documents: Sequence[Any], *, store: bool) -> Iterator[Document | Exception]:
    """Each document checked for its form, or what is wrong with it."""
    form = DocumentIn(context={"store": store})
    for document in documents:
        try:
            yield form.run_validation(document)
        except serializers.ValidationError as error:
            yield error


def _result(place: int, answer: Answer, request: Request) -> dict[str, Any]:
    if not isinstance(answer, Exception):
        return {"index": place, **check_answers.answer(answer)}
    response = problem_handler(answer, {"request": request})
    failed = _("We failed to answer, and the failure is in our log. What was not confirmed was not written.")
    error = response.data if response is not None else problem(500, failed, instance=request.path)
    return {"index": place, "error": error}
