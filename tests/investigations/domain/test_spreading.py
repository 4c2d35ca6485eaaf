"""Risk over links by examples reckoned by hand, and groups."""

import pytest

from investigations.domain import spreading
from investigations.domain.spreading import Source, neighbours

ANNA, BERTA, CARLA, DORA, EMMA = 1, 2, 3, 4, 5
CHAIN = {(ANNA, BERTA): 0.9, (BERTA, CARLA): 0.5, (CARLA, DORA): 1.0, (DORA, EMMA): 1.0}


def risks(pairs: dict[tuple[int, int], float], own: dict[int, float]) -> dict[int, float]:
    found = spreading.spread(neighbours(pairs), own)
    return {key: spread.with_own(own.get(key, 0.0)) for key, spread in found.items()}


def test_it_falls_by_strength_and_distance_and_ends_after_three_steps() -> None:
    assert risks(CHAIN, {ANNA: 1.0}) == {
        BERTA: 0.72,  # 1 × 0.9 × 0.8
        CARLA: 0.288,  # 1 × 0.9 × 0.8 × 0.5 × 0.8
        DORA: 0.2304,  # × 1 × 0.8
    }


def test_what_comes_from_several_adds_up_as_chances_do() -> None:
    pairs = {(ANNA, CARLA): 0.5, (BERTA, CARLA): 0.25}
    own = {ANNA: 1.0, BERTA: 0.5}
    # from Anna 1 × 0.5 × 0.8 = 0.4, from Berta 0.5 × 0.25 × 0.8 = 0.1: 1 − 0.6 × 0.9
    assert risks(pairs, own)[CARLA] == 0.46
    # with a risk of her own of 0.5: 1 − 0.5 × 0.6 × 0.9
    assert risks(pairs, own | {CARLA: 0.5})[CARLA] == 0.73


def test_the_way_by_which_most_comes_counts_and_only_that() -> None:
    pairs = {(ANNA, BERTA): 0.2, (ANNA, CARLA): 1.0, (BERTA, CARLA): 1.0}
    found = spreading.spread(neighbours(pairs), {ANNA: 1.0})
    assert found[BERTA].sources == [Source(0.64, (BERTA, CARLA, ANNA))]  # 0.8 × 0.8, not 0.2 × 0.8


def test_of_two_ways_alike_the_one_over_smaller_keys_is_told() -> None:
    pairs = {(ANNA, BERTA): 0.5, (ANNA, CARLA): 0.5, (BERTA, DORA): 0.5, (CARLA, DORA): 0.5}
    found = spreading.spread(neighbours(dict(reversed(pairs.items()))), {ANNA: 1.0})
    assert found[DORA].sources == [Source(0.16, (DORA, BERTA, ANNA))]


def test_three_are_told_and_all_count() -> None:
    pairs = {(key, 9): 0.5 for key in (ANNA, BERTA, CARLA, DORA)}
    found = spreading.spread(neighbours(pairs), dict.fromkeys((ANNA, BERTA, CARLA, DORA), 0.5))
    assert [source.path for source in found[9].sources] == [(9, 1), (9, 2), (9, 3)]
    assert found[9].with_own(0.0) == round(1 - 0.8**4, 4)


def test_what_is_next_to_nothing_is_not_passed_on() -> None:
    assert risks({(ANNA, BERTA): 0.5}, {ANNA: 0.02}) == {}


@pytest.mark.parametrize("pairs", [{}, {(ANNA, BERTA): 0.44}])
def test_weak_links_make_no_group(pairs: dict[tuple[int, int], float]) -> None:
    assert spreading.groups(pairs) == []


def test_groups_hang_together_by_links_that_hold() -> None:
    pairs = {(ANNA, BERTA): 0.45, (BERTA, CARLA): 0.44, (CARLA, DORA): 0.9, (DORA, EMMA): 0.5}
    assert spreading.groups(pairs) == [([ANNA, BERTA], 0.45), ([CARLA, DORA, EMMA], 0.45)]


def test_a_group_too_large_is_cut_where_it_is_weakest() -> None:
    half = spreading.LARGEST // 2 + 5
    pairs = {(key, key + 1): 0.8 for key in range(1, 2 * half)}
    pairs[half, half + 1] = 0.5
    assert spreading.groups(pairs) == [
        (list(range(1, half + 1)), 0.55), (list(range(half + 1, 2 * half + 1)), 0.55),
    ]  # fmt: skip


def test_a_group_that_holds_together_everywhere_alike_stays_whole() -> None:
    pairs = {(key, key + 1): 0.8 for key in range(1, spreading.LARGEST + 5)}
    assert [len(members) for members, _least in spreading.groups(pairs)] == [spreading.LARGEST + 5]


def test_the_hub_has_the_most_and_strongest_ties() -> None:
    pairs = {(ANNA, BERTA): 0.5, (BERTA, CARLA): 0.5, (CARLA, DORA): 0.6}
    assert spreading.hub([ANNA, BERTA, CARLA, DORA], neighbours(pairs)) == CARLA
