"""Our rules against 112 payloads whose answers are known, and the rules that are ours alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from enforcement.language.transparency import (
    CODES,
    DUMP_COLUMNS,
    as_stored,
    check,
    check_batch,
    fields_of,
    messages_of,
    stricter,
    without_personal_data,
)
from enforcement.language.transparency.mapping import MEASURES, matter_of
from governance.policies.enums import FAMILIES, Ground, Measure

GOOD: dict[str, Any] = {
    "puid": "a-1",
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "Terms, 4.2",
    "incompatible_content_explanation": "Not allowed here.",
    "content_type": ["CONTENT_TYPE_PRODUCT"],
    "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    "territorial_scope": ["DE"],
    "content_date": "2026-01-15",
    "application_date": "2026-02-01",
    "decision_facts": "A rule matched on 2026-01-31 under Regulation (EU) 2023/988.",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "Yes",
    "automated_decision": "AUTOMATED_DECISION_PARTIALLY",
}
ILLEGAL = GOOD | {
    "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
    "illegal_content_legal_ground": "Law",
    "illegal_content_explanation": "Why",
}


@pytest.fixture
def cases(reference_data: Path) -> list[dict[str, Any]]:
    lines = (reference_data / "regdata" / "dsa_tdb_cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.data
def test_every_known_payload_is_answered_as_the_database_answers_it(cases: list[dict[str, Any]]) -> None:
    assert len(cases) == 112
    for case in cases:
        judge = check if case["endpoint"] == "statement" else check_batch
        assert fields_of(judge(case["payload"], ours=False)) == case["expect"].get("error_fields", []), case["id"]


@pytest.mark.data
def test_what_we_refuse_beyond_that_we_refuse_by_a_documented_rule(cases: list[dict[str, Any]]) -> None:
    beyond = {}
    for case in cases:
        payload, expected = case["payload"], case["expect"].get("error_fields", [])
        found: Any = check(payload) if case["endpoint"] == "statement" else check_batch(payload)
        if fields_of(found) != expected:
            assert expected == [], case["id"]
            faults = found if isinstance(found, list) else [fault for each in found.values() for fault in each]
            beyond[case["id"]] = {fault.rule for fault in faults}
    allowed = {"territory", "content_after_start", "ean_check_digit"}
    assert len(beyond) == 5
    assert set.union(*beyond.values()) == allowed


@pytest.mark.data
def test_messages_and_what_is_stored_are_the_databases_own(cases: list[dict[str, Any]]) -> None:
    single = [case for case in cases if case["endpoint"] == "statement"]
    for case in single:
        said = messages_of(check(case["payload"], ours=False))
        for field, messages in case["expect"].get("errors", {}).items():
            assert said[field][0] == messages[0], case["id"]
        if "stored" in case["expect"]:
            assert as_stored(case["payload"]) == case["expect"]["stored"], case["id"]


@pytest.mark.data
def test_codes_and_columns_are_those_of_the_schema(reference_data: Path) -> None:
    schema = json.loads((reference_data / "regdata" / "dsa_tdb_schema.json").read_text(encoding="utf-8"))
    for name, values in schema["enums"].items():
        assert CODES[name] == {each if isinstance(each, str) else each["code"] for each in values}, name
    assert list(DUMP_COLUMNS) == schema["daily_dump"]["full_columns"]
    assert len(DUMP_COLUMNS) == 38


@pytest.mark.data
def test_the_command_answers_each_line_and_goes_on_after_a_bad_one(
    reference_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = (reference_data / "regdata" / "dsa_tdb_cases.jsonl").read_text(encoding="utf-8")
    file = tmp_path / "cases.jsonl"
    file.write_text('not json\n[1]\n{"id": 7, "endpoint": "x", "payload": {}}\n' + known, encoding="utf-8")
    call_command("dsa_validate", str(file), as_the_database=True)
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "line 1 is not JSON" in answers[0]["error"]
    assert "line 2 is not an object" in answers[1]["error"]
    assert answers[2] == {"id": 7, "error": "line 3: endpoint must be statement or statements"}
    for line, answer in zip(known.splitlines(), answers[3:], strict=True):
        case = json.loads(line)
        fields = case["expect"].get("error_fields", [])
        assert answer == {"id": case["id"], "accepted": not fields, "error_fields": fields}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("dsa_validate", str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"territorial_scope": None}, "territorial_scope", "territory"),
        ({"territorial_scope": []}, "territorial_scope", "territory"),
        ({"end_date_visibility_restriction": "2026-01-31"}, "end_date_visibility_restriction", "end_before_start"),
        ({"end_date_account_restriction": "2025-01-31"}, "end_date_account_restriction", "end_before_start"),
        ({"content_date": "2026-02-02"}, "content_date", "content_after_start"),
        ({"content_id": {"EAN-13": "4006381333932"}}, "content_id.EAN-13", "ean_check_digit"),
        ({"content_id_ean": "4006381333932"}, "content_id_ean", "ean_check_digit"),
        ({"decision_facts": "Write to ann@seller.example"}, "decision_facts", "personal_data"),
        ({"decision_facts": "Call +49 30 1234567"}, "decision_facts", "personal_data"),
        ({"decision_facts": "Call 030 123 4567"}, "decision_facts", "personal_data"),
        ({"decision_facts": True}, "decision_facts", "not_text"),
        ({"source_type": "SOURCE_ARTICLE_16", "source_identity": "a@b.example"}, "source_identity", "personal_data"),
    ],
)
def test_what_the_database_lets_pass_and_we_do_not(change: dict[str, Any], field: str, rule: str) -> None:
    assert check(GOOD | change, ours=False) == []
    assert [(fault.field, fault.rule) for fault in check(GOOD | change)] == [(field, rule)]


def test_our_rules_are_documented() -> None:
    documented = (Path(settings.BASE_DIR) / "docs" / "transparency.md").read_text(encoding="utf-8")
    for rule in (
        stricter.TERRITORY,
        stricter.ENDS_FIRST,
        stricter.LATER_CONTENT,
        stricter.CHECK_DIGIT,
        stricter.PERSONAL,
        stricter.TERMS_ONLY,
        stricter.NOT_TEXT,
    ):
        assert f"| `{rule}` |" in documented


@pytest.mark.parametrize(
    "given", [{"DSA_TDB": "prod"}, {"DSA_TDB": "production"}, {"DSA_TDB": "sandbox", "DSA_TDB_TOKEN": "t"}]
)
def test_a_setting_that_could_not_send_stops_the_start(given: dict[str, str]) -> None:
    command = [sys.executable, "-c", "import governance.settings"]
    told = subprocess.run(command, env=os.environ | given, cwd=settings.BASE_DIR, capture_output=True, check=False)
    assert told.returncode == 1
    assert b"DSA_TDB is off, sandbox or production" in told.stderr


def test_the_terms_category_is_none_of_illegal_content() -> None:
    assert check(ILLEGAL, ours=False) == []
    assert [(fault.field, fault.rule) for fault in check(ILLEGAL)] == [("category", "terms_category")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category_addition": None}, "category_addition"),
        ({"incompatible_content_illegal": None}, "incompatible_content_illegal"),
        ({"content_id": {"EAN-13": "400638133393"}}, "content_id.EAN-13"),
        ({"puid": "a" * 501}, "puid"),
        ({"territorial_scope": ["de"]}, "territorial_scope"),
        ({"content_date": "2038-01-02"}, "content_date"),
        ({"end_date_monetary_restriction": "2038-01-02"}, "end_date_monetary_restriction"),
        ({"category": ["STATEMENT_CATEGORY_VIOLENCE"]}, "category"),
        ({"decision_visibility": [["x"]]}, "decision_visibility"),
        ({"decision_monetary": False}, "decision_monetary"),
        ({"decision_ground_reference_url": "http://[broken"}, "decision_ground_reference_url"),
    ],
)
def test_traps_of_the_schema(change: dict[str, Any], field: str) -> None:
    assert [fault.field for fault in check(GOOD | change, ours=False)] == [field]


def test_a_batch_names_its_envelope_its_statements_or_its_numbers() -> None:
    assert fields_of(check_batch({"statements": [GOOD] * 101})) == ["statements"]
    assert fields_of(check_batch({"statements": "x"})) == ["statements"]
    assert fields_of(check_batch({"statements": [GOOD, GOOD]})) == ["puid"]
    assert fields_of(check_batch({"statements": [GOOD, GOOD | {"puid": "a b"}]})) == {"statement_1": ["puid"]}
    assert fields_of(check_batch({"statements": [GOOD, GOOD | {"puid": "b"}]})) == []
    assert list(check_batch({"statements": [7]})) == ["statement_0"]


def test_a_good_payload_is_good_whatever_it_names() -> None:
    assert check(GOOD) == []
    assert check(GOOD | {"content_id": {"EAN-13": "4006381333931"}, "puid": " a-1 "}) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Mail ann@seller.example now", "Mail […] now"),
        ("See https://shop.example/a?b=1 there", "See […] there"),
        ("Call +49 (0)30 1234567.", "Call […]."),
        ("Sold by ACME toys and Acme", "Sold by […] and […]"),
        ("Acmeville, EAN 4006381333931, 2026-01-31", "Acmeville, EAN 4006381333931, 2026-01-31"),
        ("Regulation (EU) 2023/988, 12 V, 1 000 g", "Regulation (EU) 2023/988, 12 V, 1 000 g"),
    ],
)
def test_what_identifies_somebody_is_left_out(text: str, left: str) -> None:
    assert without_personal_data(text, known=["Acme", "Acme Toys"]) == left


def test_every_measure_and_family_has_its_code() -> None:
    assert set(Measure.values) <= set(MEASURES)
    for measure, restricts in MEASURES.items():
        if restricts:
            assert restricts.code in CODES[restricts.field], measure
    for family in (*FAMILIES, "a family of their own"):
        for ground in Ground:
            matter = matter_of(slug="some", family=family, ground=ground)
            assert matter.category in CODES["category"]
            assert set(matter.keywords) <= CODES["category_specification"]
            assert (matter.category == "STATEMENT_CATEGORY_OTHER_VIOLATION_TC") == (ground == Ground.TERMS)
