"""The OpenAPI description of an endpoint: its scope, and the problems it may answer with."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "errors": {"type": "object", "description": "By field.", "additionalProperties": True},
    },
}
ALWAYS = {"401": "No valid API key or session.", "403": "The scope is missing."}
WRITES = {"400": "A field is wrong.", "409": "The state does not allow it.", "422": "A rule refuses it."}


class ScopedSchema(AutoSchema):
    """Reads `scopes` of a ScopedViewSet."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        scope = getattr(self.view, "scopes", {}).get(getattr(self.view, "action", None) or self.method.lower())
        if scope:
            operation["security"] = [{"apiKey": [str(scope)]}, {"cookieAuth": []}]
            operation["x-scope"] = str(scope)
        for code, text in self._problems().items():
            operation["responses"].setdefault(code, self._problem(text))
        return operation

    def _problems(self) -> dict[str, str]:
        found = dict(ALWAYS)
        if "{" in self.path:
            found["404"] = "There is nothing at this address, or not for you."
        if self.method != "GET":
            return found | WRITES
        return found | {"400": "A parameter is wrong."} if self._is_list_view() else found

    @staticmethod
    def _problem(text: str) -> dict[str, Any]:
        return {
            "description": text,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def add_problem(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Post-processing hook: the schema that every problem refers to."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    return result
