"""How allauth treats staff: nobody signs up; administrators add people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from governance.accounts.enums import Kind


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Services have no way in but their key."""
        user = super().authenticate(request, **credentials)
        return user if user is None or user.kind == Kind.PERSON else None
