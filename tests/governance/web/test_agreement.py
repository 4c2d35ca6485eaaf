"""Kappa of two and of many, held against figures of statsmodels 0.15.0 and against published ones."""

import random

import pytest

from governance.web import agreement
from governance.web.shares import wilson


def pairs(table: list[list[int]]) -> list[tuple[int, int]]:
    return [(row, column) for row, cells in enumerate(table) for column, n in enumerate(cells) for _ in range(n)]


@pytest.mark.parametrize(
    ("table", "kappa", "low", "high"),
    [
        ([[45, 15], [25, 15]], 0.13043478260869554, -0.06293827779258965, 0.3238078430099807),
        ([[20, 5, 1], [3, 30, 2], [0, 4, 10]], 0.6767241379310345, 0.5301417142142552, 0.8233065616478138),
        ([[90, 0], [3, 7]], 0.8076923076923074, 0.5973691306125727, 1.0),
    ],
)
def test_cohens_kappa_and_its_interval_are_those_of_statsmodels(
    table: list[list[int]], kappa: float, low: float, high: float
) -> None:
    found = agreement.cohen(pairs(table))
    assert found.kappa == pytest.approx(kappa, abs=1e-12)
    assert found.bounds == pytest.approx((low, high), abs=1e-7)


def test_fleiss_kappa_is_that_of_his_worked_example() -> None:
    """Fourteen raters, ten subjects, five answers: 0.210."""
    table = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
    subjects = [[answer for answer, count in enumerate(row) for _ in range(count)] for row in table]
    assert agreement.fleiss(subjects).kappa == pytest.approx(0.20993070442195522, abs=1e-12)


def test_on_any_table_it_is_what_the_libraries_say() -> None:
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater", reason="statsmodels comes with `./run bench`")
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with `./run bench`")
    numpy = pytest.importorskip("numpy")
    drawn = random.Random(4)
    for _ in range(200):
        kinds, like = drawn.randint(2, 4), drawn.random()
        first = [drawn.randrange(kinds) for _ in range(drawn.randint(10, 200))]
        many = [[each if drawn.random() < like else drawn.randrange(kinds) for _ in range(4)] for each in first]
        second = [answers[0] for answers in many]
        two = agreement.cohen(zip(first, second, strict=True))
        if two.kappa is not None:
            assert two.kappa == pytest.approx(metrics.cohen_kappa_score(first, second), abs=1e-9)
        table, _ = inter_rater.aggregate_raters(numpy.array(many))
        assert agreement.fleiss(many).kappa == pytest.approx(inter_rater.fleiss_kappa(table), abs=1e-9)


def test_fleiss_interval_is_about_that_of_the_jackknife() -> None:
    drawn = random.Random(7)
    truth = [drawn.randrange(3) for _ in range(200)]
    subjects = [[each if drawn.random() < 0.7 else drawn.randrange(3) for _ in range(4)] for each in truth]
    found = agreement.fleiss(subjects)
    without = [agreement.fleiss(subjects[:n] + subjects[n + 1 :]).kappa or 0.0 for n in range(200)]
    mean = sum(without) / 200
    error = (199 / 200 * sum((each - mean) ** 2 for each in without)) ** 0.5
    assert found.kappa
    assert found.bounds
    assert found.bounds.high - found.bounds.low == pytest.approx(2 * 1.959964 * error, rel=0.02)


def test_the_order_of_the_two_and_the_names_of_the_answers_do_not_matter() -> None:
    table = pairs([[20, 5], [3, 30]])
    turned = [("xy"[b], "xy"[a]) for a, b in table]
    assert agreement.cohen(table).kappa == pytest.approx(agreement.cohen(turned).kappa)


def test_everybody_always_said_the_same() -> None:
    found = agreement.cohen([("fine", "fine")] * 9)
    assert (found.share, found.kappa, found.bounds) == (1.0, None, None)
    assert agreement.fleiss([["fine"] * 3] * 9).kappa is None


def test_full_agreement_of_few_is_not_certain() -> None:
    found = agreement.cohen([("fine", "fine"), ("violates", "violates")] * 3)
    assert found.kappa == 1
    assert found.bounds == pytest.approx(((wilson(6, 6).low - 0.5) / 0.5, 1.0))
    assert found.bounds
    assert found.bounds.low < 0.3


def test_nothing_and_one() -> None:
    empty: list[tuple[str, str]] = []
    assert agreement.cohen(empty) == agreement.NOTHING
    assert agreement.fleiss([["fine"]]) == agreement.NOTHING
    assert agreement.cohen([("fine", "violates")]).bounds is None
