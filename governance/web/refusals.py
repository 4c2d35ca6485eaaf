"""What a domain call says when it will not do what was asked.

A page shows the text as a toast or beside the form's fields; the API answers 422, or 409 where the state was wrong.
"""

from collections.abc import Mapping


class Refusal(Exception):
    """The text is for the person who asked: what was refused, why, and what to do. `errors` names single fields."""

    def __init__(self, message: object = "", *, errors: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.errors = dict(errors or {})

    def __str__(self) -> str:
        return str(self.message)


class MoveRefused(Refusal):
    """The row's state does not allow the move; somebody else may have moved it meanwhile."""
