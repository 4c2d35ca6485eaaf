"""How the OpenAPI schema describes the API key; loaded when the app is ready."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from governance.accounts.api.authentication import ApiKeyAuthentication


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the key."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = (
            "An API key, made under People or with `create_api_key`. It is shown once. Each operation names its scope."
        )
        return {"type": "http", "scheme": "bearer", "description": text}
