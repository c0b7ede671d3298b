"""Outside, answers, and what else hangs on a proved figure: refused, and its plain form not.

The sentences are said of the sample market, whose ledgers hold every kind of fact.
"""

import pytest
from corpus import paraphrases
from corpus.paraphrases import blocked

from newsletter.preflight.nets import outside_words


@pytest.mark.parametrize(
    ("session", "true", "false"),
    [
        pytest.param(
            "2024-08-05",
            "Regional banks rose 1.7%.",
            [
                "Regional banks rose 1.7%, and a merger of two of them is on the cards.",
                "Regional banks rose 1.7% with the regulator's blessing.",
                "Regional banks rose 1.7%, to the chagrin of whoever had sold them.",
                "Merger talk lifted regional banks 1.7%.",
                "Takeover-charged regional banks rose 1.7%.",
                "Much-shorted regional banks rose 1.7%.",
                "Regional banks rose 1.7% in what old hands call the dog-days trade.",
            ],
            id="words of the world outside",
        ),
        pytest.param(
            "2025-11-14",
            "Meta shed 1.7% to close at $581.22.",
            [
                "Meta shed 1.7% to close at $581.22 on a day of rain in Lisbon.",
                "Meta shed 1.7% to close at $581.22, its Dublin office notwithstanding.",
            ],
            id="names that no fact knows",
        ),
        pytest.param(
            "2024-08-05",
            "Tesla jumped 5.6%.",
            [
                "Tesla jumped 5.6%, bears buying back.",
                "Tesla jumped 5.6%, freight bills being the grumble.",
                "Tesla jumped 5.6%, a level desks had been eyeing.",
                "Tesla jumped 5.6%, drawing in half of the session's ETF money.",
            ],
            id="absolute constructions",
        ),
    ],
)
def test_what_no_fact_knows_is_refused_wherever_it_hangs(session, true, false):
    assert not blocked(session, true)
    for said in false:
        assert blocked(session, said), said


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ("2024-08-05", "If a merger comes, regional banks may keep the 1.7% they gained."),
        ("2024-08-05", "Wall Street's day: regional banks rose 1.7% on Monday."),
        ("2025-11-14", "On Friday, the Meta shareholder lost 1.7%, to $581.22."),
    ],
)
def test_what_is_supposed_or_known_by_every_ledger_is_not(session, said):
    assert not blocked(session, said)


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ("2020-03-16", "And new one-year highs? There weren't any."),
        ("2020-03-16", "One-year highs in the sample market: not one."),
        ("2026-07-02", "June's jobless rate? A little higher than May's."),
        ("2020-03-16", "Did small caps rise? Not a bit of it."),
    ],
)
def test_an_answer_without_a_figure_is_refused(session, said):
    assert blocked(session, said)


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ("2020-03-16", "Does any of it matter? We doubt it."),
        ("2020-03-16", "Is the worst over? Nobody knows."),
    ],
)
def test_an_answer_that_is_a_view_is_not(session, said):
    assert not blocked(session, said)


@pytest.mark.parametrize(
    ("session", "true", "false"),
    [
        (
            "2025-11-14",
            "Equal against cap weight: signal fading since 29 October.",
            "Equal against cap weight: signal leading since 29 October.",
        ),
        (
            "2026-07-02",
            "With sector correlation at 0.61 over 63 sessions, our signal reads macro-driven.",
            "With sector correlation at 0.61 over 63 sessions, our signal reads stock-picker.",
        ),
        (
            "2024-08-05",
            "The slope of implied volatility has read inverted since 9 July.",
            "The slope of implied volatility has read normal since 9 July.",
        ),
        (
            "2025-11-14",
            "Utilities have ended every session since 24 January above their 200-day average.",
            "Technology has ended every session since 21 May above its 200-day average.",
        ),
        (
            "2026-07-02",
            "You have to go back to 12 May to find a lower close for the financials.",
            "You have to go back more than a year to find a lower close for the financials.",
        ),
        (
            "2024-08-05",
            "Not one sector can show a gain over the month.",
            "Not one sector can show a loss over the month.",
        ),
        (
            "2025-11-14",
            "Amazon closed at $228.01; it hasn't finished lower since August 11.",
            "Amazon closed at $228.01; it hasn't finished lower at any time in the past year.",
        ),
        (
            "2020-03-16",
            "Once, and once only, has the Fed cut this year.",
            "Twice already has the Fed cut this year.",
        ),
        (
            "2020-03-16",
            (
                "The last move by the Fed, in force since February 10, lowered the target"
                " by 25 basis points."
            ),
            (
                "The last move by the Fed, in force since February 10, lifted the target"
                " by 25 basis points."
            ),
        ),
        (
            "2020-03-16",
            "Technology has reclaimed its 50-day average.",
            "Technology has reclaimed its 50-day average, with the 200-day already underfoot.",
        ),
    ],
)
def test_states_days_and_denials_are_read(session, true, false):
    assert not blocked(session, true), true
    assert blocked(session, false), false


def test_no_word_of_the_list_is_one_that_facts_have():
    ledger = paraphrases.ledger("2026-07-02")
    said = {word for fact in ledger for word in fact.name.lower().split()}
    assert not said & outside_words.OUTSIDE
