"""DuckDB: the columns handed to it as files, every rule a SELECT over its own tables, the results copied back."""

import csv
import io
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection

from governance.cli.bench.contestants.contestant import NOW, SAMPLE, Contestant, in_force
from governance.cli.bench.forms.sql import DuckDB, text
from governance.cli.bench.terms import term_lists
from governance.policies.language.spellings import base_spellings, skeleton_spellings
from listings.text.words import WORD

_LISTINGS = (
    "SELECT id, version, merchant_id, category_id, array_to_string(markets, ',') AS markets, price_eur, attributes,"
    " title || chr(30) || description AS words, text_base, text_skeleton FROM listings_listing WHERE state = 'on_sale'"
)
HANDED = {
    "category": "SELECT id, code FROM listings_category",
    "certificate": "SELECT merchant_id, listing_id, type, valid_from, valid_until FROM listings_certificate",
    "m": "SELECT id, kind, country, joined_on FROM listings_merchant",
    "t": "SELECT merchant_id, verified_on FROM listings_traderidentity",
    "w": "SELECT merchant_id, orders, returns, complaints FROM listings_merchantwindow WHERE days = 30",
}
TYPES = {
    "l": "id BIGINT, version INTEGER, merchant_id BIGINT, category_id BIGINT, markets VARCHAR, price_eur DECIMAL(14, 2),"
    " attributes JSON, words VARCHAR, text_base VARCHAR, text_skeleton VARCHAR",
    "category": "id BIGINT, code VARCHAR",
    "certificate": "merchant_id BIGINT, listing_id BIGINT, type VARCHAR, valid_from DATE, valid_until DATE",
    "m": "id BIGINT, kind VARCHAR, country VARCHAR, joined_on DATE",
    "t": "merchant_id BIGINT, verified_on DATE",
    "w": "merchant_id BIGINT, orders INTEGER, returns INTEGER, complaints INTEGER",
    "spelling": "spelling VARCHAR, first VARCHAR, list_key VARCHAR, of_skeleton BOOLEAN",
}
# A spelling is found where its first word stands, if the text holds the whole of it.
_MENTIONS = r"""
    CREATE TABLE mention AS
    WITH word AS (
        SELECT id, unnest(list_distinct(regexp_extract_all({column}, '[\pL\pN\pM]+'))) AS first FROM l
    )
    SELECT DISTINCT s.list_key, word.id AS listing_id FROM word JOIN spelling s USING (first) JOIN l USING (id)
    WHERE s.of_skeleton = {skeleton} AND (s.spelling = s.first OR contains(l.{column}, s.spelling))
"""
_FOUND = """
    CREATE TABLE found (policy BIGINT, version BIGINT, merchant BIGINT, listing BIGINT, listing_version INTEGER,
        markets VARCHAR, explanation VARCHAR, mode VARCHAR, state VARCHAR, owed VARCHAR, found_at VARCHAR, seen_at VARCHAR,
        closed_because VARCHAR)
"""
_COLUMNS = (
    "policy_id, version_id, merchant_id, listing_id, listing_version, markets, explanation, mode, state, owed, found_at,"
    " seen_at, closed_because"
)


class DuckColumns(Contestant):
    name = "duckdb"
    told = (
        "DuckDB on all cores: columns by COPY to files and back within the time, a SELECT for each rule, terms by words"
    )
    prepared = "the spellings of the terms, as a file"
    all_cores = True

    def prepare(self) -> None:
        spelling_rows()

    def run(self, *, sample: bool) -> None:
        with tempfile.TemporaryDirectory(prefix="gov-bench-") as folder, duckdb.connect() as duck:
            for table, question in _handed(sample=sample).items():
                _hand_out(question, Path(folder) / f"{table}.csv")
                _take_in(duck, table, Path(folder) / f"{table}.csv")
            _find_terms(duck, Path(folder) / "spelling.csv")
            found = Path(folder) / "found.csv"
            duck.execute(_FOUND)
            for question in _questions():
                duck.execute(f"INSERT INTO found {question}")
            duck.execute(f"COPY found TO {text(str(found))} (FORMAT csv, HEADER false)")
            with found.open("rb") as file, connection.cursor() as cursor:
                cursor.copy_expert(f"COPY enforcement_violation ({_COLUMNS}) FROM STDIN (FORMAT csv)", file)


def _handed(*, sample: bool) -> dict[str, str]:
    only = f" AND id IN (SELECT id FROM {SAMPLE})" if sample else ""
    return {**HANDED, "l": _LISTINGS + only}


def _hand_out(question: str, path: Path) -> None:
    with path.open("wb") as file, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({question}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)", file)


def _take_in(duck: Any, table: str, path: Path) -> None:
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in _columns(TYPES[table]))
    split = " REPLACE (string_split(markets, ',') AS markets)" if table == "l" else ""
    duck.execute(
        f"CREATE TABLE {table} AS SELECT *{split} FROM read_csv({text(str(path))}, header = false, delim = ',',"
        f" quote = '\"', escape = '\"', auto_detect = false, columns = {{{columns}}})"
    )


def _columns(declared: str) -> Iterator[tuple[str, str]]:
    for part in declared.replace("14, 2", "14;2").split(","):
        name, _space, kind = part.strip().partition(" ")
        yield name, kind.replace(";", ",")


def _find_terms(duck: Any, path: Path) -> None:
    path.write_text(spelling_rows())
    _take_in(duck, "spelling", path)
    duck.execute(_MENTIONS.format(column="text_base", skeleton="false"))
    again = _MENTIONS.replace("CREATE TABLE mention AS", "INSERT INTO mention")
    duck.execute(again.format(column="text_skeleton", skeleton="true"))


@lru_cache
def spelling_rows() -> str:
    """The terms as a file of their spellings, each with its first word, its list and the text that it is looked for in."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(sorted(set(_spellings())))
    return buffer.getvalue()


def _spellings() -> Iterator[tuple[str, str, str, str]]:
    for each in term_lists():
        for language, words in each.words.items():
            for word in words:
                yield from ((found, _first(found), each.key, "false") for found in base_spellings(word, language))
                if each.reads_skeleton:
                    yield from (
                        (found, _first(found), each.key, "true") for found in skeleton_spellings(word, language)
                    )


def _first(spelling: str) -> str:
    found = WORD.search(spelling)
    return found.group() if found else spelling


def _questions() -> Iterator[str]:
    for each in in_force():
        codes = ", ".join(map(text, each.rule.jurisdictions))
        markets = f"'{{' || array_to_string(list_filter(l.markets, lambda k: k IN ({codes})), ',') || '}}'"
        yield (
            f"SELECT {each.policy}, {each.version}, l.merchant_id, l.id, l.version, {markets}, '{{}}', 'shadow', 'open',"
            f" 'nothing', '{NOW.isoformat()}', '{NOW.isoformat()}', '' FROM l JOIN m ON m.id = l.merchant_id"
            " LEFT JOIN t ON t.merchant_id = l.merchant_id LEFT JOIN w ON w.merchant_id = l.merchant_id"
            f" WHERE {DuckDB().condition(each.rule)}"
        )
