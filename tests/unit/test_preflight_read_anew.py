"""Sentences of a model's briefings that were true and refused, or could not be told at all."""

from corpus import paraphrases

from newsletter.preflight.figures.numbers import find

SESSION = "2026-07-02"


def printed(name):
    return paraphrases.ledger(SESSION)[name].display


def blocked(text):
    return paraphrases.blocked(SESSION, text)


def test_the_ticker_of_a_future_is_read():
    copper, gold = printed("HG=F.return.1d"), printed("GC=F.return.1d")
    row = f"IWM {printed('IWM.return.1d')} HG=F {{}} GC=F {{}}"
    assert copper != gold
    assert not blocked(row.format(copper, gold))
    assert blocked(row.format(gold, copper))


def test_a_share_some_sessions_ago_opens_its_sentence():
    then, now = (
        f"{paraphrases.ledger(SESSION)[f'sp500.breadth.above_20d{which}'].number:.0f}%"
        for which in (".5d_ago", "")
    )
    text = (
        "Five sessions ago {} of S&P 500 members stood above their 20-day average; tonight {} do."
    )
    assert then != now
    assert not blocked(text.format(then, now))
    assert blocked(text.format(now, then))
    assert blocked(text.format(then, now).replace("Five sessions", "Twenty sessions"))


def test_a_share_above_an_average_is_a_figure_and_no_state():
    facts = paraphrases.ledger(SESSION)
    fifty, long = (f"{facts[f'sp500.breadth.above_{n}d'].number:.0f}%" for n in (50, 200))
    assert not blocked(f"The share of S&P 500 members above their 50-day average is {fifty}.")
    assert blocked(f"The share of S&P 500 members above their 200-day average is {fifty}.") == (
        fifty != long
    )
    assert blocked(f"The share of S&P 500 members below their 50-day average is {fifty}.")


def test_dividends_said_of_one_figure_are_not_said_of_the_next():
    facts = paraphrases.ledger(SESSION)
    sector, fund = facts["XLK.return.1m.total"], facts["SPY.return.1m"]
    other = facts["SPY.return.1m.total"]
    shown, paid = (f"{abs(one.number):.1f}%" for one in (fund, other))
    verbs = ["gained" if one.number > 0 else "lost" for one in (sector, fund)]
    text = (
        f"Over one month technology {verbs[0]} {abs(sector.number):.1f}% with dividends and the "
        f"S&P 500 fund {verbs[1]} {{}}."
    )
    assert shown != paid
    assert not blocked(text.format(shown))
    assert blocked(f"Over one month, with dividends, the S&P 500 fund {verbs[1]} {shown}.")


def test_the_places_of_a_multiple_are_no_multiple_of_their_own():
    text = "The VIX is 1.139 times its three-month version."
    first = find(text)[0]
    assert text[first.start : first.end] == "1.139 times"
