"""What DRF's settings name: keyset paging, and problems instead of error pages."""

from typing import Any, Protocol, cast

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import OrderBy
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView, exception_handler

from governance.web import keyset
from governance.web.problems import CONTENT_TYPE, problem
from governance.web.refusals import MoveRefused, Refusal


class Ordered(Protocol):
    order: tuple[str | OrderBy, ...]


class KeysetPagination(BasePagination):
    """Pages by cursor. The view names its `order`, which ends with the primary key."""

    default_size = 50
    max_size = 500

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.url = request.build_absolute_uri()
        order = cast(Ordered, view).order
        cursor = request.query_params.get("cursor")
        try:
            self.page = keyset.page(queryset, order=order, cursor=cursor, size=self._size(request))
        except keyset.BrokenCursor as broken:
            raise BrokenCursor(str(broken)) from None
        return self.page.rows

    def _size(self, request: Request) -> int:
        given = request.query_params.get("page_size", "")
        if not given:
            return self.default_size
        if not given.isdecimal() or not 1 <= int(given) <= self.max_size:
            message = gettext("Give a number from 1 to %(max)d.") % {"max": self.max_size}
            raise exceptions.ValidationError({"page_size": [message]})
        return int(given)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"next": self._link(self.page.next), "previous": self._link(self.page.previous), "results": data}
        )

    def _link(self, cursor: str | None) -> str | None:
        return replace_query_param(remove_query_param(self.url, "cursor"), "cursor", cursor) if cursor else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": self.max_size, "default": self.default_size}
        return [
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string"},
                "description": "From next or previous.",
            },
            {"name": "page_size", "in": "query", "schema": size, "description": "Rows of a page."},
        ]


# --- problems ----------------------------------------------------------------------------------


class BrokenCursor(exceptions.APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "broken-cursor"


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turn every foreseen exception into a problem; an unforeseen one stays a 500 and is logged."""
    instance = context["request"].path
    if isinstance(exc, Refusal):
        code = status.HTTP_409_CONFLICT if isinstance(exc, MoveRefused) else status.HTTP_422_UNPROCESSABLE_ENTITY
        return _respond(problem(code, exc, instance=instance, errors=_by_field(exc.errors)))
    if isinstance(exc, DjangoValidationError):
        exc = exceptions.ValidationError(serializers.as_serializer_error(exc))
    response = exception_handler(exc, context)
    if response is None:
        return None
    body = _body(exc, response, instance)
    headers = {name: value for name, value in response.headers.items() if name in ("WWW-Authenticate", "Retry-After")}
    return _respond(body, headers)


def _body(exc: Exception, response: Response, instance: str) -> dict[str, Any]:
    if isinstance(exc, exceptions.ValidationError):
        errors = _by_field(response.data)
        return problem(
            response.status_code, _("The request was not understood; see errors."), instance=instance, errors=errors
        )
    if isinstance(exc, Http404):
        return problem(404, _("There is nothing at this address, or not for you."), instance=instance)
    kind = BrokenCursor.default_code if isinstance(exc, BrokenCursor) else ""
    return problem(response.status_code, response.data.get("detail", ""), instance=instance, kind=kind)


def _by_field(data: Any) -> dict[str, Any]:
    """Errors by field, nested as the input was; what belongs to no field stands under `non_field_errors`."""
    if isinstance(data, dict):
        return {str(name): _nested(value) for name, value in data.items()}
    return {"non_field_errors": _nested(data)}


def _nested(value: Any) -> Any:
    if isinstance(value, dict):
        return _by_field(value)
    if isinstance(value, list | tuple):
        return [_nested(each) if isinstance(each, dict | list | tuple) else str(each) for each in value]
    return [str(value)]


def _respond(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)
