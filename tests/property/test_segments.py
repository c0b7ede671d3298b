"""A segment judges one reader and queries a million alike, and nothing it is given breaks it."""

import datetime as dt
import zoneinfo
from importlib import resources

import pytest
import sqlalchemy as sa
from audience_support import audience
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import ConfigError
from newsletter.send.readers import COUNTRIES, DAYS, JURISDICTIONS, Card, Profile, Status
from newsletter.send.segments import LONGEST, Segment, SegmentError
from newsletter.store.models import SubscriberRow

# Few values, so that readers and conditions meet; some that LIKE and case would confuse.
VALUES = {
    "country": ["", "US", "IN", "GB", "DE", "BR"],
    "language": ["", "en", "en-gb", "pt"],
    "source": ["", "x%", "a_b", "straße"],
    "tickers": ["A", "AA", "AAPL", "BRK-B", "BRK.B", "^GSPC"],
    "tags": ["vip", "vi_", "%", "é", "a b"],
    "days": list(DAYS),
    "custom.plan": ["", "gold", "Gold", "o'neil \\ \U0001f642"],
    "status": list(map(str, Status)),
    "domain": ["example.com", "example.co", "sub.example.com"],
    "jurisdiction": [*JURISDICTIONS, "other"],
}
SETS = ("tickers", "tags", "days")
DATES = [dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 1, 2)]

SPAN = (dt.datetime(2025, 12, 31), dt.datetime(2026, 1, 2, 23, 59, 59, 999999))  # noqa: DTZ001


@st.composite
def readers(draw):
    def some(name, least=0):
        return tuple(draw(st.lists(st.sampled_from(VALUES[name]), unique=True, min_size=least)))

    plan = draw(st.sampled_from(VALUES["custom.plan"]))
    profile = Profile(
        draw(st.sampled_from(VALUES["country"])), draw(st.sampled_from(VALUES["language"])),
        draw(st.sampled_from(VALUES["source"])), some("tickers"), some("tags"),
        tuple(day for day in DAYS if day in some("days")) or DAYS, {"plan": plan} if plan else {},
    )  # fmt: skip
    at = draw(st.datetimes(*SPAN))
    return Card(
        f"R@{draw(st.sampled_from(VALUES['domain']))}", draw(st.sampled_from(Status)), at.date(),
        profile,
    ), at.replace(tzinfo=dt.UTC)  # fmt: skip


def quoted(value):
    return f'"{value}"'


def texts(name):
    value = st.sampled_from(VALUES[name]).map(quoted)
    several = st.lists(value, min_size=1, max_size=3).map(lambda found: f"[{', '.join(found)}]")
    one = st.tuples(st.sampled_from(["==", "!="]), value)
    many = st.tuples(st.sampled_from(["in", "not in"]), several)
    return st.one_of(one, many).map(lambda pair: f"{name} {pair[0]} {pair[1]}")


MEMBERS = st.one_of(
    *(st.sampled_from(VALUES[n]).map(lambda v, n=n: f'"{v}" in {n}') for n in SETS),
    *(st.sampled_from(VALUES[n]).map(lambda v, n=n: f'"{v}" not in {n}') for n in SETS),
    st.sampled_from(SETS),
)
DATED = st.builds(
    "joined {} {}".format, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
    st.sampled_from(DATES),
)  # fmt: skip
ONE = st.one_of(MEMBERS, DATED, *(texts(name) for name in VALUES if name not in SETS))
EXPRESSIONS = st.recursive(
    ONE,
    lambda inner: st.one_of(
        inner.map("not ({})".format), st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
    ),
    max_leaves=5,
)  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with audience(tmp_path_factory.mktemp("segments")) as (found, _):
        yield found


@given(st.lists(readers(), min_size=1, max_size=4), EXPRESSIONS)
def test_one_reader_and_the_database_are_judged_alike(book, given_readers, expression):
    segment = Segment.of("s", expression)
    with book._database.begin(writing=True) as session:
        session.execute(sa.delete(SubscriberRow))
    for number, (card, at) in enumerate(given_readers):
        # The address is R0@…: what stands before the @ is no part of any condition.
        email = card.email.replace("@", f"{number}@")
        book.add(email, "", "evening", {}, at, status=card.status, profile=card.profile)
    found = {row["email"] for row in book.all(segment)}
    wanted = {
        card.email.replace("@", f"{number}@")
        for number, (card, _) in enumerate(given_readers)
        if segment.holds(card)
    }
    assert found == wanted
    counted = sum(sum(by.values()) for by in book.stats(segment).values())
    assert counted == len(wanted)


@given(readers(), ONE, ONE)
def test_and_or_and_not_are_those_of_python(reader, left, right):
    card, _ = reader
    a, b = (Segment.of("s", one).holds(card) for one in (left, right))
    for words, truth in (
        (f"{left} and {right}", a and b), (f"{left} or {right}", a or b), (f"not {left}", not a),
        (f"not {left} and {right}", not a and b), (f"{left} or {right} and {left}", a or (b and a)),
    ):  # fmt: skip
        assert Segment.of("s", words).holds(card) is truth


@given(
    st.text(st.sampled_from("countryjoined in[]()\"'=!<>,.2026-01AAPL\0\\\ud800\n;"), max_size=60)
)
def test_whatever_is_typed_is_a_segment_or_one_sentence_with_a_place(text):
    try:
        Segment.of("s", text)
    except SegmentError as error:
        sentence = str(error)
    else:
        return
    assert "cannot be read at character " in sentence
    assert sentence[-1] in ".?"
    place = int(sentence.split("character ")[1].split(":", maxsplit=1)[0])
    assert 1 <= place <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("contry == 'US'", 1, "did you mean 'country'?"),
        ("country == 'US' and ticker == 'A'", 21, "did you mean 'tickers'?"),
        ("status == 'activ'", 11, "did you mean 'active'?"),
        ("jurisdiction == 'UKK'", 17, "did you mean 'UK'?"),
        ("country == 'XX'", 12, "no code of two letters"),
        ("joined > 2026-02-30", 10, "no day of the calendar"),
        ("joined > yesterday", 10, "a date such as 2026-01-31"),
        ("(tickers", 9, "')' is expected"),
        ("tickers)", 8, "'and', 'or' or the end"),
        ("'a' in country", 8, "one of tickers, tags, days"),
        ("__import__('os')", 1, "there is no field"),
        ("custom.__class__ == 'x'", 1, "there is no field"),
        ("", 1, "it is empty"),
        ("(" * 500, 31, "more than 30 brackets"),
        ("not " * 400, 121, "more than 30 brackets"),
        ("x" * (LONGEST + 1), LONGEST, "longer than"),
    ],
)
def test_mistakes_are_told_with_their_place(text, place, words):
    with pytest.raises(SegmentError) as caught:
        Segment.of("s", text)
    assert isinstance(caught.value, ConfigError)
    assert f"at character {place}:" in str(caught.value)
    assert words in str(caught.value)


def test_countries_are_those_of_the_time_zone_database():
    try:
        text = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text()
    except ModuleNotFoundError:
        folders = [f for f in map(__import__("pathlib").Path, zoneinfo.TZPATH) if f.is_dir()]
        text = (folders[0] / "iso3166.tab").read_text()
    listed = {line.split("\t")[0] for line in text.splitlines() if line and line[0] != "#"}
    assert listed == COUNTRIES
    assert set().union(*JURISDICTIONS.values()) <= COUNTRIES
