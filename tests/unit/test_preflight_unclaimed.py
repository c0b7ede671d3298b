"""Unclaimed, bare, happenings, signal days: what stands beside a proved figure is read or refused.

The sentences are said of the sample market, whose ledgers hold every kind of fact.
"""

import pytest
from corpus import paraphrases
from corpus.paraphrases import blocked


@pytest.mark.parametrize(
    ("session", "true", "false"),
    [
        (
            "2026-07-02",
            "U.S. crude jumped 3.9 percent to $56.60.",
            [
                "U.S. crude jumped 3.9 percent to $56.60 after producers agreed to cut output.",
                "U.S. crude jumped 3.9 percent to $56.60 as refiners hoarded barrels.",
                "U.S. crude jumped 3.9 percent to $56.60 following a poorly bid auction.",
                "Cheered by a truce, U.S. crude jumped 3.9 percent to $56.60.",
            ],
        ),
        (
            "2020-03-16",
            "Amazon slid 4.6 percent to $225.91.",
            [
                "Amazon, which has just named a new finance director, slid 4.6 percent.",
                "Amazon, recalling parcels across Europe, slid 4.6 percent.",
                "Amazon slid 4.6 percent since announcing a new warehouse.",
            ],
        ),
    ],
)
def test_what_no_fact_knows_of_is_not_told_beside_a_move(session, true, false):
    assert not blocked(session, true)
    for said in false:
        assert blocked(session, said), said


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ("2026-07-02", "Perhaps crude jumped 3.9 percent because producers had agreed to it."),
        ("2024-08-05", "Energy shares jumped 3.1% even as gold slipped."),
        ("2026-07-02", "As the session ended, crude was up 3.9 percent."),
    ],
)
def test_what_is_sourced_or_supposed_or_of_the_ledger_may_be_told(session, said):
    assert not blocked(session, said)


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ("2025-11-14", "Amazon's $228.01 was its poorest close in more than a year."),
        ("2020-03-16", "Of the four style boxes, small growth has had the best year so far."),
        ("2026-07-02", "S&P 500 fund +0.5%: a sixth winning day on the spin."),
        ("2025-11-14", "The Nasdaq-100 fund, at $572.67, has not managed to be higher than gold."),
        (
            "2020-03-16",
            "Where's energy on the year? Mid-table, sixth of eleven, thanks for asking.",
        ),
    ],
)
def test_a_proved_figure_does_not_speak_for_the_words_beside_it(session, said):
    assert blocked(session, said)


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ("2020-03-16", "The odd one out was consumer staples."),
        ("2020-03-16", "Of the seven giants Nvidia alone can boast a gain since January."),
        ("2026-07-02", "Over 21 sessions Tesla has had a smoother time of it."),
    ],
)
def test_somebody_of_whom_only_times_and_sizes_are_proved_is_not_spoken_of(session, said):
    assert blocked(session, said)


@pytest.mark.parametrize(
    "said",
    [
        "Money went to hospitals and to soap.",
        "What would it take for small caps to lead?",
        "Our view is that small caps deserve the benefit of the doubt.",
        "Mind the gap!",
    ],
)
def test_a_view_a_question_a_cry_and_a_figure_of_speech_prove_nothing(said):
    assert not blocked("2026-07-02", said)


@pytest.mark.parametrize("regime", ["calm", "turbulent"])
def test_the_day_of_a_signal_is_that_of_the_state_it_is_in(regime):
    ledger = paraphrases.ledger("2025-11-14")
    state = str(ledger.get("volatility_regime.signal.state").value)
    since = ledger.get("volatility_regime.signal.since").value
    said = f"{regime.capitalize()} since {since.day} {since:%B}: such is the volatility regime."
    assert blocked("2025-11-14", said) == (regime != state)


@pytest.mark.parametrize(
    ("session", "true", "false"),
    [
        ("2025-11-14", "The Fed's target band now runs up to 0.50%.",
         "The Fed's target band now runs up to 0.25%."),
        ("2025-11-14", "The Fed's target range is 0.25% to 0.50%.",
         "The Fed's target range is zero to 0.25%."),
        ("2020-03-16", "Real estate and materials are both overbought.",
         "Real estate and materials are both some way short of overbought."),
        ("2026-07-02", "Financials closed at their lowest since 12 May.",
         "Financials slid to their lowest close of 2026."),
        ("2020-03-16", "Small caps beat the S&P 500 fund for a sixth session running.",
         "Small caps saw their six-session run of beating the S&P 500 fund come to an end."),
        ("2026-07-02", "The dollar index has put on 2.4 per cent in a month.",
         "The dollar index has given up 2.4 per cent in a month."),
        ("2025-11-14", "Small caps distanced the S&P 500 fund by 2.2 points over five sessions.",
         "The S&P 500 fund distanced small caps by 2.2 points over five sessions."),
    ],
)  # fmt: skip
def test_the_other_way_round_is_refused(session, true, false):
    assert not blocked(session, true)
    assert blocked(session, false)


DOWN = (
    "lost shed surrendered retraced forfeited ceded trimmed conceded erased squandered"
    " given|up handed|back pulled|back parted|with been|stripped|of been|relieved|of gone|backwards"
)


@pytest.mark.parametrize("verb", DOWN.split())
def test_a_gain_is_told_by_no_verb_of_losing(verb):
    said = f"The dollar index has {verb.replace('|', ' ')} 2.4 per cent in a month."
    assert blocked("2026-07-02", said)
