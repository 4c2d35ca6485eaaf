"""Files as they come: each gets a clear answer, the good rows go in, nothing is lost."""

import gzip
import io
import random
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest
from pytest_django.fixtures import Settings

from listings.domain.imports import runs
from listings.domain.imports.rows import FileRefused
from listings.enums import ImportKind, ImportState
from listings.models import ImportRow, ImportRun, Listing
from tests.listings.domain.imports.conftest import counts, told

Send = Callable[..., ImportRun]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD = "listing_id,title,price,currency\na,Teddy,12.50,EUR\nb,Ball,3,EUR\n"


def titles() -> dict[str, str]:
    return dict(Listing.objects.values_list("external_id", "title"))


def xlsx(rows: list[list[object]]) -> bytes:
    book, kept = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(kept)
    return kept.getvalue()


def note_kinds(run: ImportRun) -> list[str]:
    return [note["kind"] for note in run.notes if note["kind"] != "format"]


# --- one answer for a good file in many clothes ------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode("utf-16-le"),
        GOOD.encode("utf-16-be"),
        GOOD.encode("utf-32"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace(",", "|").encode(),
        b"sep=^\n" + GOOD.replace(",", "^").encode(),
        GOOD.replace("\n", "\n\n").encode(),
        GOOD.replace("price,currency", "price,currency,,").replace("EUR", "EUR,,").encode(),
        GOOD.replace("Teddy", "Ted\0dy").encode(),
        gzip.compress(GOOD.encode()),
        b'{"listing_id":"a","title":"Teddy","price":12.5,"currency":"EUR"}\n\n{"listing_id":"b","title":"Ball","price":"3","currency":"EUR"}',
        xlsx([["listing_id", "title", "price", "currency"], ["a", "Teddy", 12.5, "EUR"], ["b", "Ball", 3, "EUR"]]),
        xlsx([[], ["listing_id", "title", "price", "currency"], ["a", "Teddy", "12,50", "EUR"], [None] * 3, ["b", "Ball", 3.0, "EUR"]]),
        gzip.compress(xlsx([["listing_id", "title", "price", "currency"], ["a", "Teddy", 12.5, "EUR"], ["b", "Ball", 3, "EUR"]])),
    ],
    ids=[
        "plain", "bom", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "crlf", "cr", "semicolons", "tabs", "pipes", "sep=",
        "blank lines", "empty columns", "nul", "gzip", "ndjson", "xlsx", "xlsx with gaps", "xlsx.gz",
    ],
)  # fmt: skip
def test_the_same_table_in_any_clothes(send: Send, data: bytes) -> None:
    run = send(data, filename="misnamed.dat")
    assert (run.state, run.error, counts(run)) == (ImportState.FINISHED, "", {"rows_read": 2, "created": 2})
    rows = Listing.objects.order_by("external_id").values_list("title", "price_minor", "price_eur")
    assert list(rows) == [("Teddy", 1250, Decimal("12.50")), ("Ball", 300, Decimal("3.00"))]


def test_lines_in_another_encoding_are_read_one_by_one_with_a_note(send: Send) -> None:
    run = send(b"listing_id,title\na,\xc3\x9cber\nb,\xdcber \x80\nc,plain\n")
    assert titles() == {"a": "Über", "b": "Über €", "c": "plain"}
    assert run.notes[1:] == [{"kind": "not_utf8_read_as_cp1252", "count": 1, "line": 3}]


def test_a_mapping_names_another_fallback(send: Send) -> None:
    send("listing_id,title\na,Żółw\n".encode("cp1250"), mapping={"file": {"encoding": "cp1250"}})
    assert titles() == {"a": "Żółw"}


# --- rows that cannot be taken apart ------------------------------------------------------------------


def test_rows_with_too_few_and_too_many_columns_are_refused_with_their_lines(send: Send) -> None:
    run = send("listing_id,title,brand\na,Teddy,X\nb,Ball\nc,Car,Y,extra,more\nd,Doll,Z\n")
    assert counts(run) == {"rows_read": 4, "created": 2, "refused": 2}
    assert told(run) == [(3, "refused", "too_few_columns"), (4, "refused", "too_many_columns")]
    assert ImportRow.objects.get(line=4).raw == {"listing_id": "c", "title": "Car", "brand": "Y", "": "extra,more"}


def test_an_unclosed_quotation_mark_costs_one_row(send: Send) -> None:
    lines = [f'r{number},"Thing {number}, small"' for number in range(200)]
    lines[5] = 'r5,"Thing 5, small'
    run = send("listing_id,title\n" + "\n".join(lines) + "\n")
    assert counts(run) == {"rows_read": 200, "created": 199, "refused": 1}
    assert told(run) == [(7, "refused", "quote_not_closed")]
    assert ImportRow.objects.get().raw == {"": 'r5,"Thing 5, small'}


def test_a_quotation_mark_that_is_never_closed_costs_one_row(send: Send) -> None:
    run = send('listing_id,title\na,"Teddy\nb,Ball\nc,Car\n')
    assert told(run) == [(2, "refused", "quote_not_closed")]
    assert titles() == {"b": "Ball", "c": "Car"}


def test_quoted_line_breaks_belong_to_their_cell(send: Send) -> None:
    run = send('listing_id,title,description\na,Teddy,"soft,\nbrown ""bear"""\nb,Ball,x\nc,Car\n')
    assert Listing.objects.get(external_id="a").description == 'soft,\nbrown "bear"'
    assert told(run) == [(5, "refused", "too_few_columns")]


def test_broken_objects_are_refused_and_the_next_go_on(send: Send) -> None:
    run = send('{"listing_id":"a"}\n{"listing_id":\n[1]\nnull\n{"listing_id":"b","title":"x\\u0000y"}\n')
    assert counts(run) == {"rows_read": 5, "created": 2, "refused": 3}
    assert told(run) == [(line, "refused", "not_json") for line in (2, 3, 4)]
    assert titles() == {"a": "", "b": "xy"}
    assert note_kinds(run) == ["nul_bytes_removed"]


def test_a_line_without_end_is_cut_and_refused(send: Send) -> None:
    run = send("listing_id,title\na," + "x" * 9_000_000 + "\nb,Ball\n")
    assert told(run) == [(2, "refused", "line_too_long")]
    assert titles() == {"b": "Ball"}


def test_a_hundred_and_twenty_columns(send: Send) -> None:
    extra = [f"c{number}" for number in range(118)]
    run = send(",".join(["listing_id", "title", *extra]) + "\n" + ",".join(["a", "Teddy", *extra]) + "\n")
    assert (counts(run), titles()) == ({"rows_read": 1, "created": 1}, {"a": "Teddy"})


def test_a_second_column_of_the_same_name_is_not_the_first(send: Send) -> None:
    send("listing_id,title,title\na,Teddy,Other\n")
    assert titles() == {"a": "Teddy"}


# --- rows with wrong values --------------------------------------------------------------------------


def test_the_first_of_an_identifier_goes_in_and_the_later_name_its_line(send: Send, settings: Settings) -> None:
    settings.IMPORT_BATCH_ROWS = 2
    run = send("listing_id,title\na,first\na,second\nb,x\na,third\n")
    assert counts(run) == {"rows_read": 4, "created": 2, "refused": 2}
    assert list(ImportRow.objects.order_by("line").values_list("line", "reason", "detail")) == [
        (3, "duplicate", {"first_line": 2}),
        (5, "duplicate", {"first_line": 2}),
    ]
    assert titles() == {"a": "first", "b": "x"}


def test_a_refused_row_does_not_take_its_identifier(send: Send) -> None:
    run = send("listing_id,price,currency\na,free,EUR\na,5,EUR\n")
    assert (counts(run), told(run)) == ({"rows_read": 2, "created": 1, "refused": 1}, [(2, "refused", "not_a_price")])


def test_wrong_values_name_column_value_and_reason(send: Send) -> None:
    run = send(
        "listing_id,price,currency,markets\n,1,EUR,DE\nb,-1,EUR,DE\nc,1,,DE\nd,1,QQQ,DE\ne,1,EUR,US\nf,x,EUR,DE\n"
    )
    rows = ImportRow.objects.order_by("line").values_list("column", "value", "reason")
    assert list(rows) == [
        ("listing_id", "", "id_missing"),
        ("price", "-1", "negative"),
        ("price", "1", "currency_missing"),
        ("currency", "QQQ", "currency_unknown"),
        ("markets", "US", "market_unknown"),
        ("price", "x", "not_a_price"),
    ]
    assert counts(run) == {"rows_read": 6, "refused": 6}


def test_values_that_cannot_be_kept_are_left_out_with_a_note(send: Send) -> None:
    run = send(
        '{"listing_id":"a","ean":"123","language":"xx-yy","markets":["DE","US"],"images":["ftp://x"],'
        '"attributes":{"voltage":"230 kg","Farbe":"rot","unheard":1,"best_before":"soon","volume_ml":"0.5 l"},'
        '"certificates":[{"number":"1"},{"type":"CE"}]}\n'
    )
    listing = Listing.objects.get()
    assert (listing.ean, listing.language, listing.markets) == ("", "", ["DE"])
    assert listing.attributes == {"color": "rot", "volume_ml": 500.0}
    assert [certificate.type for certificate in listing.certificates.all()] == ["CE"]
    assert (counts(run), run.noted) == ({"rows_read": 1, "created": 1}, 1)
    row = ImportRow.objects.get()
    assert (row.fate, row.raw) == ("noted", {})
    assert sorted((note["column"], note["reason"]) for note in row.detail["notes"]) == [
        ("attributes.best_before", "attribute_unreadable"),
        ("attributes.unheard", "attribute_unknown"),
        ("attributes.voltage", "unit_unknown"),
        ("certificates", "certificate_unreadable"),
        ("ean", "ean_unreadable"),
        ("images", "image_unreadable"),
        ("language", "not_allowed"),
        ("markets", "market_unknown"),
    ]


def test_right_to_left_text_and_emoji_come_back_as_they_went_in(send: Send) -> None:
    texts = {"a": "ألعاب \u200fأطفال 🧸👨‍👩‍👧", "b": "משחק מגנטים, 36 חלקים", "c": "e\u0301 é ﬁ 𝔉"}
    send("listing_id,title\n" + "".join(f'{key},"{text}"\n' for key, text in texts.items()))
    assert titles() == texts


def test_what_looks_like_sql_or_a_formula_is_text(send: Send) -> None:
    nasty = {"a": "=HYPERLINK(1)", "b": "'); DROP TABLE listings_listing; --", "c": "\\N", "d": "{{7*7}}<script>"}
    run = send("listing_id,title\n" + "".join(f'{key},"{text}"\n' for key, text in nasty.items()))
    assert (titles(), run.refused) == (nasty, 0)


def test_merchants_that_may_not_offer_anything_new(send: Send) -> None:
    send("listing_id,title\na,Teddy\n")
    listing = Listing.objects.get()
    listing.merchant.listing_rights_suspended_at = NOON
    listing.merchant.save()
    run = send("listing_id,title\na,Teddy 2\nb,Ball\n")
    assert (titles(), told(run)) == ({"a": "Teddy 2"}, [(3, "refused", "rights_suspended")])


# --- files that are refused as a whole ---------------------------------------------------------------


def zipped(name: str, data: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\n", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0 old", ".xls"),
        (b"\x89PNG\r\n", "picture"),
        (b"PAR1....", "Parquet"),
        (b'[{"listing_id": 1}]', "JSON array"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (zipped("shop.csv", GOOD.encode()), "ZIP archive"),
        (b"PK\x03\x04 cut off", "damaged"),
        (gzip.compress(gzip.compress(GOOD.encode())), "compressed twice"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b"\x1f\x8b broken", "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named_and_refused(ground: None, data: bytes, words: str) -> None:
    run = runs.receive(chunks=[data], filename="f", kind=ImportKind.LISTINGS, actor=None, at=NOON)
    with pytest.raises(FileRefused) as caught:
        runs.begin(run=run, document={}, mapping_name="", dry_run=False, actor=None, at=NOON)
    assert words in str(caught.value)
    run.refresh_from_db()
    assert run.state == ImportState.PREPARED


def long_rows(count: int) -> bytes:
    """Rows of two kilobytes that hardly compress."""
    noise = random.Random(7)
    lines = [f"r{number},{noise.randbytes(1_000).hex()}" for number in range(count)]
    return ("listing_id,title\n" + "\n".join(lines)).encode()


def test_a_compressed_file_that_ends_too_early_keeps_the_rows_before(send: Send) -> None:
    whole = gzip.compress(long_rows(1_500))
    run = send(whole[: len(whole) // 2])
    assert run.state == ImportState.FAILED
    assert "ends too early" in run.error
    assert run.rows_read == Listing.objects.count() > 500


def test_an_archive_that_unpacks_without_end_is_stopped(send: Send, settings: Settings) -> None:
    settings.IMPORT_UNPACKED_BYTES = 2_500_000
    run = send(gzip.compress(long_rows(1_500)))
    assert run.state == ImportState.FAILED
    assert run.rows_read == Listing.objects.count() > 500
    assert "unpacks to far more" in run.error


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(ground: None, settings: Settings) -> None:
    settings.IMPORT_UNPACKED_BYTES = 1 << 20
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (2 << 20))
    run = runs.receive(chunks=[bomb.getvalue()], filename="f.xlsx", kind=ImportKind.LISTINGS, actor=None, at=NOON)
    with pytest.raises(FileRefused, match="far more than its size"):
        runs.begin(run=run, document={}, mapping_name="", dry_run=False, actor=None, at=NOON)


def test_a_file_that_is_too_large_is_refused_and_not_kept(ground: None, settings: Settings) -> None:
    settings.IMPORT_UPLOAD_BYTES = 10
    with pytest.raises(runs.UploadRefused):
        runs.receive(chunks=[b"12345678", b"9012"], filename="f", kind=ImportKind.LISTINGS, actor=None, at=NOON)
    assert list(runs.folder().iterdir()) == []
    assert ImportRun.objects.count() == 0
