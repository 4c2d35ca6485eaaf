"""Where nodes and ties stand: every node once, no two on one another, the same every time, legible at hundreds."""

import random
from itertools import combinations

import pytest

from governance.web.network import HEIGHT, OPENED, PITCH, ROWS, WIDTH, Network, Wire, network


def overlapping(drawn: Network) -> list[tuple[int, int]]:
    return [
        (one.key, other.key)
        for one, other in combinations(drawn.spots, 2)
        if abs(one.x - other.x) < WIDTH and abs(one.y - other.y) < HEIGHT
    ]


def test_columns_are_steps_and_each_hangs_on_the_strongest() -> None:
    drawn = network(1, [Wire(1, 2, 0.4), Wire(1, 3, 0.8), Wire(2, 4, 0.9), Wire(3, 4, 0.5)], rank={})
    at = {spot.key: spot for spot in drawn.spots}
    assert {key: spot.column for key, spot in at.items()} == {1: 0, 2: 1, 3: 1, 4: 2}
    assert [at[key].x for key in (1, 2, 4)] == [0, PITCH, 2 * PITCH]
    assert at[4].wire == Wire(2, 4, 0.9)
    assert sorted(line.css for line in drawn.lines) == [
        "wire is-medium",
        "wire is-medium is-beside",
        "wire is-strong",
        "wire is-strong",
    ]


def test_the_highest_rank_stands_first_then_the_strongest() -> None:
    drawn = network(1, [Wire(1, 2, 0.4), Wire(1, 3, 0.8), Wire(1, 4, 0.5)], rank={4: 0.7})
    column = [spot.key for spot in drawn.spots if spot.column == 1]
    assert column == [4, 3, 2]


def test_a_node_alone() -> None:
    drawn = network(1, [], rank={})
    assert (drawn.keys, drawn.lines, drawn.hidden) == ([1], (), 0)


def test_a_tie_within_a_column_is_bowed_and_has_room() -> None:
    drawn = network(1, [Wire(1, 2, 0.9), Wire(1, 3, 0.8), Wire(2, 3, 0.7)], rank={})
    assert drawn.width > PITCH + WIDTH
    assert [line.css for line in drawn.lines if "beside" in line.css] == ["wire is-strong is-beside"]


def test_hundreds_are_folded_and_counted() -> None:
    drawn = network(0, [Wire(0, key, 0.5) for key in range(1, 401)], rank={})
    assert len(drawn.keys) == 13
    assert drawn.hidden == 388
    assert [spot.more for spot in drawn.spots if spot.more] == [388]
    opened = network(0, [Wire(0, key, 0.5) for key in range(1, 401)], rank={}, opened=[0], kept=[400])
    assert len(opened.keys) == 1 + OPENED + 1
    assert 400 in opened.keys


def test_what_is_kept_is_drawn_with_all_it_hangs_on() -> None:
    wires = [Wire(0, key, 0.5) for key in range(1, 41)] + [Wire(40, 100, 0.5)]
    assert {40, 100} <= set(network(0, wires, rank={}, kept=[100, 999]).keys)


def test_what_hangs_on_folded_ones_is_counted_with_them() -> None:
    wires = [Wire(0, key, 0.5) for key in range(1, 41)] + [Wire(key, key + 100, 0.5) for key in range(1, 41)]
    drawn = network(0, wires, rank={})
    assert len(drawn.keys) + drawn.hidden == 81


@pytest.mark.parametrize("seed", range(8))
def test_any_network_is_legible_and_the_same_twice(seed: int) -> None:
    dice = random.Random(seed)
    pairs = {tuple(sorted(dice.sample(range(400), 2))) for _ in range(900)}
    wires = [Wire(one, other, dice.random()) for one, other in sorted(pairs)]
    rank = {key: dice.random() for key in range(400)}
    drawn = network(0, wires, rank=rank)
    shuffled = dice.sample(wires, len(wires))
    assert network(0, shuffled, rank=rank) == drawn
    assert overlapping(drawn) == []
    assert len(set(drawn.keys)) == len(drawn.keys)
    assert drawn.height <= (ROWS + 12) * 44
