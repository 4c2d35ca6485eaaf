from investigations.text.passages import Part, Span, passages, quote, whole


def joined(parts: list[Part]) -> str:
    return "".join(part.text for part in parts)


def test_matches_are_marked_where_they_stand() -> None:
    assert whole("strong magnets here", [Span(7, 14)]) == [
        Part("text", "strong "),
        Part("mark", "magnets"),
        Part("text", " here"),
    ]


def test_overlapping_matches_become_one_and_strays_are_cut() -> None:
    assert whole("magnets", [Span(0, 4), Span(2, 5), Span(6, 99), Span(50, 60)]) == [
        Part("mark", "magne"),
        Part("text", "t"),
        Part("mark", "s"),
    ]


def test_an_override_is_made_visible() -> None:
    assert whole("safe\u202eelbisivni") == [
        Part("text", "safe"),
        Part("control", "RLO", "right-to-left override"),
        Part("text", "elbisivni"),
    ]


def test_an_override_inside_a_match_does_not_swallow_the_mark() -> None:
    assert whole("mag\u200bnets", [Span(0, 8)]) == [
        Part("mark", "mag"),
        Part("control", "ZWSP", "zero width space"),
        Part("mark", "nets"),
    ]


def test_joiners_that_writing_needs_are_left_alone() -> None:
    family = "👨\u200d👩\u200d👧"
    assert whole(family) == [Part("text", family)]
    assert [part.kind for part in whole("kn\u200dife")] == ["text", "control", "text"]


def test_a_short_text_is_shown_whole() -> None:
    assert passages("Ein Satz.", []) == [Part("text", "Ein Satz.")]


def test_of_ten_thousand_words_only_the_surroundings_of_matches_are_shown() -> None:
    text = " ".join(["word"] * 5_000) + " neodymium " + " ".join(["word"] * 5_000)
    at = text.index("neodymium")
    shown = passages(text, [Span(at, at + 9)])
    assert [part.kind for part in shown] == ["gap", "text", "mark", "text", "gap"]
    assert len(joined(shown)) < 500


def test_a_long_text_without_a_match_shows_its_beginning() -> None:
    shown = passages("word " * 1_000, [])
    assert [part.kind for part in shown] == ["text", "gap"]
    assert shown[0].text.startswith("word word")


def test_a_quote_is_about_the_first_match() -> None:
    text = "filler " * 100 + "first " + "filler " * 100 + "second"
    first, second = text.index("first"), text.index("second")
    shown = quote(text, [Span(second, second + 6), Span(first, first + 5)])
    assert [part.text for part in shown if part.kind == "mark"] == ["first"]
    assert len(joined(shown)) < 220


def test_no_text_at_all() -> None:
    assert whole("") == []
    assert passages("", [Span(0, 5)]) == []
