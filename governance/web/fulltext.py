"""Words of what people write, as an index has them: `simple`, without accents. The same in SQL and in Python."""

import unicodedata

from django.contrib.postgres.search import SearchVector
from django.db.models import Func, TextField

READ = 20_000
"""Characters of a text that are indexed: the database refuses vectors of more than a megabyte."""
STROKES, PLAIN = "ςŁłØøĐđ", "σLlOoDd"
"""What has no mark that could be taken off, and how people type it."""


UNMARKED = (
    r"left(translate(regexp_replace(normalize(%(expressions)s, NFKD), '[\u0300-\u036f]', '', 'g'),"
    f" '{STROKES}', '{PLAIN}'), {READ})"
)


def written(field: str) -> SearchVector:
    """For an index and for the queries that are to use it."""
    return SearchVector(Func(field, template=UNMARKED, output_field=TextField()), config="simple")


def unmarked(text: str) -> str:
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not "\u0300" <= char <= "\u036f")
    return plain.translate(str.maketrans(STROKES, PLAIN)).lower()
