"""The demo's data, the people who sign in to it, and what to try."""

from collections.abc import Callable


def prepare(say: Callable[[str], None]) -> None:
    """Make the data where there are none; a second call changes nothing."""


def logins() -> list[tuple[str, str, str]]:
    """Role, user name and password of each person."""
    return []


def try_this() -> list[str]:
    """A sentence each: where to go and what to do there."""
    return []
