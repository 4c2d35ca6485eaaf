"""Queries that a person waits for, and that a few words too few would make long."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from governance.web.refusals import Refusal


class Unanswered(Refusal):
    """The database gave no answer; nothing else is lost."""


class TooSlow(Unanswered):
    """It was stopped."""


class TooLarge(Unanswered):
    """A number came to more than there is, or nearer to nothing."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Each statement within may take so long. Raises Unanswered."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow(_("This takes too long. Add a word, a category, a market or a span of time.")) from error
        raise
    except DataError as error:
        raise TooLarge(
            _("A number in this condition comes to more, or to less, than can be worked out. Write it nearer to 1.")
        ) from error
