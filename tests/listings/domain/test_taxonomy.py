import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.audit.models import Entry
from listings.domain import reference, taxonomy
from listings.domain.taxonomy import Node, TaxonomyUnreadable
from listings.models import Category

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

ENGLISH = "id,path\nap,Animals & Pet Supplies\nap-1,Animals & Pet Supplies > Live Animals\nap-2,Animals & Pet Supplies > Pets' Food\n"
GERMAN = "id,path\nap,Tiere & Tierbedarf\nap-1,Tiere & Tierbedarf > Lebende Tiere\n"


def _files(folder: Path, **texts: str) -> list[Path]:
    paths = []
    for language, text in texts.items():
        path = folder / f"tree_{language}.csv.gz"
        path.write_bytes(gzip.compress(text.encode()))
        paths.append(path)
    return paths


def _import(paths: list[Path]) -> taxonomy.Written:
    return taxonomy.import_files(files=paths, source="animals", actor=None, at=NOON)


def test_a_tree_gets_codes_of_its_english_names_and_names_of_every_file(tmp_path: Path) -> None:
    written = _import(_files(tmp_path, en=ENGLISH, de=GERMAN))
    assert (written.created, written.changed, written.unchanged, written.refused) == (3, 0, 0, ())
    rows = Category.objects.order_by("code").values_list(
        "code", "parent__code", "depth", "names", "source", "source_id"
    )
    assert list(rows) == [
        ("animals-pet-supplies", None, 0, {"en": "Animals & Pet Supplies", "de": "Tiere & Tierbedarf"}, "animals", "ap"),
        ("animals-pet-supplies/live-animals", "animals-pet-supplies", 1, {"en": "Live Animals", "de": "Lebende Tiere"}, "animals", "ap-1"),
        ("animals-pet-supplies/pets-food", "animals-pet-supplies", 1, {"en": "Pets' Food"}, "animals", "ap-2"),
    ]  # fmt: skip


def test_the_same_again_changes_nothing_and_says_nothing(tmp_path: Path) -> None:
    paths = _files(tmp_path, en=ENGLISH, de=GERMAN)
    _import(paths)
    written = _import(paths)
    assert (written.created, written.changed, written.unchanged) == (0, 0, 3)
    assert Entry.objects.filter(verb="taxonomy.imported").count() == 1


def test_a_later_language_adds_its_names(tmp_path: Path) -> None:
    _import(_files(tmp_path, en=ENGLISH))
    written = _import(_files(tmp_path, en=ENGLISH, de=GERMAN))
    assert (written.created, written.changed, written.unchanged) == (0, 2, 1)
    assert Category.objects.get(source_id="ap-1").names == {"en": "Live Animals", "de": "Lebende Tiere"}


def test_one_of_our_own_categories_keeps_its_names_and_gets_those_it_lacks(tmp_path: Path) -> None:
    taxonomy.write(nodes=[Node("electronics", {"en": "Electronics", "de": "Elektronik"})])
    _import(
        _files(
            tmp_path, en="id,path\nel,Electronics\n", de="id,path\nel,Elektrisches\n", pl="id,path\nel,Elektronika\n"
        )
    )
    ours = Category.objects.get()
    assert (ours.names, ours.source_id) == ({"en": "Electronics", "de": "Elektronik", "pl": "Elektronika"}, "el")


def test_two_names_that_make_one_code_are_told_apart(tmp_path: Path) -> None:
    _import(_files(tmp_path, en="id,path\na,Toys\na-1,Toys > Cars & Trucks\na-2,Toys > Cars / Trucks\n"))
    assert set(Category.objects.values_list("code", flat=True)) == {"toys", "toys/cars-trucks", "toys/cars-trucks-2"}


def test_a_code_that_would_be_too_long_ends_in_a_number(tmp_path: Path) -> None:
    deep = " > ".join(["A rather long name of a category"] * 6)
    rows = "".join(
        f"{'-'.join(['x', *['7'] * place])},{' > '.join(deep.split(' > ')[: place + 1])}\n" for place in range(6)
    )
    _import(_files(tmp_path, en="id,path\n" + rows))
    last = Category.objects.order_by("-depth")[0]
    assert (last.code.rpartition("/")[2], last.depth, len(last.code) <= 200) == (
        "a-rather-long-name-of-a-category",
        5,
        True,
    )


def test_rows_that_do_not_fit_are_named_and_the_others_go_in(tmp_path: Path) -> None:
    text = "id,path\nap,Animals\nap,Animals again\n,Nobody\nzz-1-1,Lost > Without > Parent\n"
    written = _import(_files(tmp_path, en=text))
    assert written.created == 1
    assert [(bad.line, bad.reason) for bad in written.refused] == [
        (3, "duplicate"),
        (4, "empty"),
        (5, "parent_missing"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("tree.csv", ENGLISH, "does not say its language"),
        ("tree_de.csv", GERMAN, "English file is missing"),
        ("tree_en.csv", "key,name\n1,2\n", "columns id and path"),
        ("tree_en.csv.gz", ENGLISH, "columns id and path"),
    ],
)
def test_files_that_are_no_tree_are_refused_whole(name: str, text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyUnreadable, match=said):
        _import([path])
    assert not Category.objects.exists()


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(path) for path in _files(tmp_path, en=ENGLISH + "ap,Animals again\n", de=GERMAN)]
    call_command("import_taxonomy", *paths)
    told = capsys.readouterr()
    assert told.out == "3 new, 0 changed, 0 as before, 1 refused\n"
    assert told.err == "5: ap Animals again: this id stands twice in the file\n"
    with pytest.raises(CommandError, match="English file is missing"):
        call_command("import_taxonomy", paths[1])


@pytest.mark.data
def test_the_real_tree_comes_with_seven_languages(reference_data: Path) -> None:
    reference.load_categories(actor=None, at=NOON)
    ours = Category.objects.count()
    files = sorted((reference_data / "data" / "taxonomy").glob("shopify_categories_*.csv.gz"))
    if not files:
        pytest.skip(f"no category files in {reference_data / 'data' / 'taxonomy'}")
    written = taxonomy.import_files(files=files, source="shopify", actor=None, at=NOON)
    assert written.refused == ()
    assert written.created + written.changed + written.unchanged == 10_595
    assert Category.objects.count() == ours + written.created
    leaf = Category.objects.get(source="shopify", source_id="ap-2-1")
    assert set(leaf.names) == {"en", "de", "fr", "es", "it", "nl", "pl"}
    assert leaf.code == "animals-pet-supplies/pet-supplies/bird-supplies"
    assert not Category.objects.filter(depth__gt=0, parent=None).exists()
