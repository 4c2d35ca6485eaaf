"""Wrong rules: each is refused with its place and a sentence that says what would be right."""

import pytest

from governance.policies.language import Environment, RuleProblems
from governance.policies.language.problems import MESSAGES, MOST_PROBLEMS, Problem


def problems(environment: Environment, source: str, about: str = "listings") -> tuple[Problem, ...]:
    with pytest.raises(RuleProblems) as refused:
        environment.compile(source, about)
    return refused.value.problems


WRONG = [
    ('case.origin == "sweep"', 1, 1, 4, "`case` is for the rules of queues: a policy's rule cannot name it."),
    # --- the text
    ("", 1, 1, 0, "The rule is empty. Write a condition, for example: listing.price > 100."),
    ("  // only a comment", 1, 1, 19, "The rule is empty. Write a condition, for example: listing.price > 100."),
    ("listing.price = 3", 1, 15, 1, "A single = does not compare. Write ==."),
    ("listing.price > 3 and now > now", 1, 19, 3, "Write && instead of “and”."),
    ("not listing.attr.ce_marking", 1, 1, 3, "Write ! instead of “not”."),
    ("listing.price > 3 & true", 1, 19, 1, "Write && instead of &."),
    ("listing.price ≥ 3", 1, 15, 1, "Write >= instead of ≥."),
    ("listing.currency == “EUR”", 1, 21, 1, 'Texts stand in straight quotation marks: "…".'),
    ('listing.currency == "EUR', 1, 21, 4, "This text never ends: its quotation mark is missing."),
    ("(listing.price > 3", 1, 1, 1, "This bracket is never closed."),
    ("listing.price > 3)", 1, 18, 1, "This bracket closes nothing."),
    ("listing.price > 12,5", 1, 17, 4, "Figures have a point, not a comma: 12.5."),
    ("listing.price > 3;", 1, 18, 1, "“;” means nothing in a rule."),
    ("listing.price >", 1, 15, 1, "The rule stops too early: something is missing at its end."),
    ("listing.price > > 3", 1, 17, 1, "“>” does not belong here."),
    ("listing.imageCount > 99999999999999999999", 1, 22, 20, "This number is too large."),
    (r'listing.title == "\d"', 1, 18, 4, "This text has an escape that does not exist. Write \\\\ for a backslash."),
    # --- names
    ("lising.price > 3", 1, 1, 6, "`lising` is not known. A name begins with listing, merchant, now or market. Did you mean `listing`?"),
    ("listing.pricee > 3", 1, 9, 6, "`listing.pricee` does not exist. Did you mean `price`, `priceEur`?"),
    ("true &&\n  listing.attr.voltag > 3", 2, 16, 6, "`listing.attr.voltag` is not in the register of attributes. Did you mean `voltage`?"),
    ("listing.voltage > 3", 1, 9, 7, "`listing.voltage` does not exist. Did you mean `listing.attr.voltage`?"),
    ("listing._eanValid", 1, 9, 9, "`listing._eanValid` does not exist. Did you mean `eanValid`?"),
    ('listing.hasCertifcate("CE")', 1, 9, 13, "There is no function `hasCertifcate`. Did you mean `hasCertificate`?"),
    ('hasCertificate("CE")', 1, 1, 14, "Write `listing.hasCertificate(…)`."),
    ("now.days(3) > now", 1, 5, 4, "Write `days(…)`."),
    ("listing.eanValid", 1, 9, 8, "`eanValid` is a function: write `eanValid(…)`."),
    ("listing.price() > 3", 1, 9, 5, "`price` is a fact, not a function: leave out the brackets."),
    ('listing.title.mentions("guns")', 1, 15, 8, "`mentions` cannot be asked of a text."),
    ('listing.inMarket("DE", "FR")', 1, 9, 8, "`inMarket` takes 1 arguments; there are 2."),
    ("listing.markets.exists(now, true)", 1, 17, 17, "`now` cannot name an entry of a list: choose another name."),
    # --- literals that name something
    ("merchant.returnRate(31) > 0.2", 1, 21, 2, "There is no window of 31 days. Metrics are stored for 7, 30 and 90 days."),
    ("merchant.returnRate(listing.imageCount) > 0.2", 1, 21, 18, "`returnRate` needs its argument written out, not worked out."),
    ('listing.category.isUnder("toyz")', 1, 26, 6, "There is no category “toyz”. Did you mean `toys`?"),
    ('listing.text.mentions("blade")', 1, 23, 7, "There is no term list “blade”. Did you mean `blades`?"),
    ('listing.hasCertificate("EN 71")', 1, 24, 7, "There is no type of certificate “EN 71”. Did you mean `EN71`?"),
    ('market == "UK"', 1, 11, 4, "“UK” is not a market. Markets have two-letter codes. Did you mean `GB`?"),
    ('market in ["DE", "Fr"]', 1, 18, 4, "“Fr” is not a market. Markets have two-letter codes. Did you mean `FR`?"),
    ('listing.text.matches("(?<=a)b")', 1, 22, 9, "This is not a regular expression that RE2 reads: invalid perl operator: (?<=."),
    ('timestamp("13.12.2024") > now', 1, 11, 12, "This is not a time. Write it as 2024-12-13T00:00:00Z."),
    ('now - duration("3 days") > now', 1, 16, 8, "This is not a length of time. Write it as 36h or 90m."),
    ("now - days(0) > now", 1, 12, 1, "Days are a whole number from 1 to 3650."),
    # --- types and meaning
    ("listing.price", 1, 1, 13, "A rule says yes or no; this is a number. Compare it with something."),
    ('listing.price > "3"', 1, 15, 1, "a number and a text cannot stand on either side of >."),
    ("listing.imageCount > 1.5", 1, 20, 1, "a whole number and a number cannot stand on either side of >. Write double(…) around the whole number."),
    ('listing.attr.voltage in ["230"]', 1, 22, 2, "a number and a list of texts cannot stand on either side of in."),
    ('listing.attr.colours == "red"', 1, 22, 2, "a list of texts and a text cannot stand on either side of ==."),
    ("!listing.price", 1, 2, 13, "! cannot be applied to a number."),
    ("listing.price && true", 1, 1, 13, "&& cannot be applied to a number."),
    ("has(listing.title)", 1, 5, 13, "`listing.title` is always there; it cannot be asked whether it is."),
    ("has(merchant.returnRate(30))", 1, 1, 28, "has() asks for a fact, such as has(listing.brand). For this write `merchant.returnRate(30) != null`."),
    ("has(listing)", 1, 1, 12, "has() asks for a fact, such as has(listing.brand)."),
    ("listing.title == null", 1, 18, 4, "Only a fact that may be missing can be compared with null."),
    ("listing.price > null", 1, 17, 4, "null can only stand beside == or != with a fact."),
    ('listing.attr.colours.exists("c", true)', 1, 29, 3, '`exists` takes a name for the entry and a condition: exists(c, c.type == "CE").'),
    ("listing.attr.colours.exists(c)", 1, 22, 6, '`exists` takes a name for the entry and a condition: exists(c, c.type == "CE").'),
    ("listing.title.exists(c, true)", 1, 1, 13, "`exists` goes through a list; this is a text."),
    ('listing.attr.colours[0] == "red"', 1, 1, 23, "[…] cannot be used in a rule."),
    ('{"a": true}.a', 1, 1, 11, "{…} cannot be used in a rule."),
    ("listing.markets.map(m, m) == listing.markets", 1, 17, 9, "map cannot be used in a rule."),
    ("dyn(listing.price) == 3", 1, 1, 3, "There is no function `dyn`."),
    ('listing.attr.voltage in [110, "x"]', 1, 31, 3, "The entries of a list are of one kind."),
    ("listing.title.startsWith(3)", 1, 26, 1, "`startsWith` cannot take a whole number."),
    ('listing.certificateValid("CE", "now")', 1, 32, 5, "`certificateValid` cannot take a text."),
    ("true ? listing.price : listing.title", 1, 6, 1, "Before ? stands something that is yes or no, and both answers are of one kind."),
    # --- how much it may cost
    ("(" * 30 + "true" + ")" * 30, 1, 25, 1, "Brackets stand more than 24 deep here. Split the rule into several policies."),
    ("listing.price" + "+1" * 40 + " > 3", 1, 1, 97,
     "Too many parts hang together by signs such as + and ?: to be read. Split the rule into several policies."),
    ("true?true:" * 40 + "true", 1, 1, 404,
     "Too many parts hang together by signs such as + and ?: to be read. Split the rule into several policies."),
    (
        "listing.markets.all(a, listing.markets.all(b, listing.markets.all(c, a == b)))", 1, 63, 14,
        "A loop inside a loop inside a loop is not read. Split the rule.",
    ),
    (
        'listing.images.all(a, listing.markets.all(b, a.matches("x")))', 1, 1, 61,
        "Reading this for one listing could take 507652 steps; at most 20000 are allowed. Leave out the inner loop.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("source", "line", "column", "length", "message"), WRONG, ids=[rule[0][:40] for rule in WRONG])
def test_a_wrong_rule_is_refused_at_its_place(
    environment: Environment, source: str, line: int, column: int, length: int, message: str
) -> None:
    first = problems(environment, source)[0]
    assert (first.line, first.column, first.length, first.message) == (line, column, length, message)
    lines = source.split("\n")
    assert first.offset == sum(len(text) + 1 for text in lines[: line - 1]) + column - 1


def test_every_problem_of_a_rule_is_told_at_once(environment: Environment) -> None:
    source = 'listing.attr.voltag > 3 &&\nlisting.text.mentions("gunz") ||\nmerchant.orders(8) > 1'
    told = [(problem.line, problem.column, problem.code) for problem in problems(environment, source)]
    assert told == [(1, 14, "unknown_attribute"), (2, 23, "unknown_term_list"), (3, 17, "unknown_window")]


@pytest.mark.parametrize(
    "source",
    [
        "listing" + ".a" * 4_900,
        "true?true:" * 900 + "true",
        '"""' * 3_300,
        '"' * 9_999,
        "(" * 9_000,
        "é" * 9_000,
        "?" * 9_999,
        "listing.title" + ".trim()" * 1_400,
        "1<" * 4_900 + "1",
        "1 in [" + "1," * 4_900 + "1]",
        "listing.markets" + ".filter(m,true)" * 600,
        "\n" * 9_000 + "&",
    ],
)
def test_a_hostile_rule_is_refused_like_any_other(environment: Environment, source: str) -> None:
    assert 1 <= len(problems(environment, source)) <= MOST_PROBLEMS


def test_columns_count_characters_as_a_person_does(environment: Environment) -> None:
    first = problems(environment, 'listing.title == "😀é" && listing.prise > 3')[0]
    assert (first.column, first.offset) == (34, 33)


def test_a_rule_that_is_too_long_is_not_read(environment: Environment) -> None:
    first = problems(environment, "true && " * 1250 + "true")[0]
    assert (
        first.message
        == "The rule has 10004 characters; at most 10000 are read. Put long lists of words into a term list."
    )


def test_a_rule_of_too_many_parts_is_refused(environment: Environment) -> None:
    first = problems(environment, "||".join(["now>now"] * 501))[0]
    assert (first.code, first.params) == ("too_large", {"count": 2003, "most": 2000})


def test_a_rule_about_merchants_cannot_name_a_listing(environment: Environment) -> None:
    found = problems(environment, 'merchant.points > 3 && listing.price > 1 && market == "DE"', about="merchants")
    assert [problem.message for problem in found] == [
        "This policy is about merchants: a rule of it cannot name `listing`.",
        "This policy is about merchants: a rule of it cannot name `market`.",
    ]


def test_every_message_is_tried_by_some_wrong_rule(environment: Environment) -> None:
    """A sentence that no rule reaches is dead, or a mistake that nobody tried. `not_readable` is for complaints of the
    runtime that are not known here."""
    reached = {code for source, *_ in WRONG for code in (problem.code for problem in problems(environment, source))}
    searches = {"unknown_beginning", "not_searched", "part_not_searched", "no_decision"}
    searches |= {f"only_about_found_{kind}" for kind in ("merchants", "cases", "decisions")}
    elsewhere = {"too_long", "too_large", "only_about_merchants", "only_about_cases", "not_readable", *searches}
    assert sorted(set(MESSAGES) - reached - elsewhere) == []
