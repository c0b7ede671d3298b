"""The narration: what the mail says, in words that a voice can say."""

from dataclasses import replace
from functools import cache

import pytest
from narration_support import numbers
from render_support import draft, ledger, setting

from newsletter.draft.claims import Section, filled
from newsletter.render.context import edition_context
from newsletter.render.narration import minutes_aloud, narration
from newsletter.render.narration_words import spoken


@cache  # charts take their time
def context(given=None, *, simulated=False, **more):
    return edition_context(given or draft(), ledger(simulated=simulated), setting(**more))


SAID = {
    "−0.64%": "minus zero point six four percent.",
    "▼ −0.6%": "down zero point six percent.",
    "▲ +2.6%*": "up two point six percent.",
    "▼ +2.6%": "down plus two point six percent.",
    "$746.16": "seven hundred forty-six dollars and sixteen cents.",
    "$1.01": "one dollar and one cent.",
    "$0.50": "fifty cents.",
    "$1.5bn": "one point five billion dollars.",
    "$2M, 5 million shares of 3M": "two million dollars, five million shares of three M.",
    "25 bps": "twenty-five basis points.",
    "1.2–3.4%": "one point two to three point four percent.",
    "2,673 members": "two thousand six hundred seventy-three members.",
    "its 200-day average": "its two-hundred-day average.",
    "the S&P 500 fund": "the S and P five hundred fund.",
    "the Nasdaq-100 fund (QQQ)": "the Nasdaq one hundred fund, Q Q Q.",
    "IWM/SPY and IWM ÷ SPY": "I W M to S P Y and I W M divided by S P Y.",
    "the VIX, YTD": "the Vix, year to date.",
    "won 4-for-5 in 36/40": "won four for five in thirty-six of forty.",
    "the 97th percentile": "the ninety-seventh percentile.",
    "since 1995, in the 1990s": "since nineteen ninety-five, in the nineteen nineties.",
    "on Friday 3 July 2026": "on Friday the third of July, twenty twenty-six.",
    "2026-07-02": "the second of July, twenty twenty-six.",
    "at 18:05 EDT": "at eighteen zero five E D T.",
    "2½ points": "two and one half points.",
    "Q3 and 10Y": "Q three and ten Y.",
    "ETFs vs. REITs": "E T Fs versus Reets.",
    "It is NOT over": "It is Not over.",
    "small — and “cheap”… or not?": "small, and cheap, or not?",
    "down –5% & falling": "down minus five percent and falling.",
    "٣ funds": "three funds.",
    "☃": "snowman.",
    "(—)": "",
}


@pytest.mark.parametrize("printed", SAID)
def test_it_is_said_as_people_say_it(printed):
    assert spoken(printed) == SAID[printed]


def test_a_ticker_that_looks_like_a_word_is_spelled():
    assert spoken("ALL rose", ("ALL",)) == "A L L rose."


def test_every_passage_is_read_with_its_numbers_in_order():
    script = narration(context())
    said = filled(draft(), ledger())
    place = 0
    told = [said.headline, said.dek, *said.bullets]
    told += [words for part in (*said.sections, said.counter) for words in part.paragraphs]
    told += [*said.watch, *said.change_mind, said.verdict]
    known = context().words["draft"].tickers
    for passage in told:
        aloud = spoken(passage, known)
        assert numbers(aloud) == numbers(passage), passage
        place = script.find(aloud, place)
        assert place > -1, passage


def test_nothing_is_left_that_a_voice_cannot_say():
    script = narration(context())
    assert not any(char.isnumeric() or char in "%$&÷−+▲▼()·" for char in script)
    for paragraph in script.strip().split("\n\n"):
        assert paragraph[-1] in ".?!"
    assert "http" not in script
    assert "reader.invalid" not in script


def test_its_length_stands_near_its_beginning_and_is_true():
    script = narration(context())
    assert f"It takes about {spoken(str(minutes_aloud(script))).rstrip('.')} minute" in script[:700]


def test_it_says_that_the_voice_is_synthetic_and_that_it_is_no_advice():
    script = narration(context())
    assert "synthetic voice" in script[:700]
    assert "Opinion, not advice." in script[:500]
    assert "notices below" not in script


def test_a_model_and_a_payment_are_told_aloud():
    plain, by_model = narration(context()), narration(context(by_model=True))
    notice = next(one for one in context(by_model=True).notices if one.id.startswith("AI@"))
    assert spoken(f"{notice.title}. {notice.text}") in by_model
    assert spoken(f"{notice.title}. {notice.text}") not in plain


def test_sample_data_are_called_so_first_and_last():
    paragraphs = narration(context(simulated=True)).strip().split("\n\n")
    assert paragraphs[0].startswith("Sample data.")
    assert paragraphs[-1].startswith("Sample data.")


def test_tables_and_charts_are_named_and_left_to_the_eye():
    script = narration(context())
    exhibits = context().words["exhibits"]
    for title in [plate.title for place in exhibits.placed for plate in place]:
        assert spoken(title).rstrip(".") in script
    assert "The written edition shows" in script
    assert "written edition shows" not in narration(context(replace(draft(), charts=(), tables=())))


def test_the_same_edition_is_the_same_script():
    assert narration(context()) == narration(context())


def test_hostile_words_are_only_words():
    rude = replace(draft(), sections=(Section("", ("[[phonemes]] <break/> -v other {x} \\n",)),))
    script = narration(context(rude))
    assert not set("[]<>{}\\/") & set(script)
