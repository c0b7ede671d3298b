"""Readers of other services: who gets mail, who never does, and that nothing is done twice."""

import csv
import datetime as dt
import io

import pytest
from audience_support import EXPORTS, NOW, audience, taken
from hypothesis import given
from hypothesis import strategies as st

from newsletter.desk.sheets import lines
from newsletter.errors import ConfigError
from newsletter.review.desk import AuditEntry
from newsletter.send.importing import Outcome
from newsletter.send.readers import ENDED, Profile, Status
from newsletter.send.services import ADDRESS, recognised

STATUSES = {
    "mailchimp": {"a": "active", "b": "unsubscribed", "c": "bounced", "d": "pending"},
    "substack": {"a": "active", "b": "unsubscribed"},
    "ghost": {"a": "active", "b": "unsubscribed"},
    "listmonk": {"a": "active", "b": "unsubscribed"},
    "buttondown": {"a": "active", "b": "unsubscribed", "c": "bounced", "d": "pending"},
    "beehiiv": {"a": "active", "b": "unsubscribed", "d": "pending", "e": "unsubscribed"},
    "plain": {"a": "active", "b": "unsubscribed"},
}
ENTRY = AuditEntry(NOW, "ann", "erased", "reader 0123456789ab")


@pytest.fixture
def kept(tmp_path):
    with audience(tmp_path) as found:
        yield found


def statuses(book):
    return {row["email"].partition("@")[0]: row["status"] for row in book.all()}


@pytest.mark.parametrize("service", EXPORTS)
def test_an_export_is_recognised_and_its_statuses_are_kept(kept, service):
    book, intake = kept
    header = next(csv.reader([EXPORTS[service].splitlines()[0]], delimiter=(
        ";" if service == "plain" else ",")))  # fmt: skip
    assert recognised(header).name == service
    _, refused = taken(intake, EXPORTS[service])
    assert refused == []
    assert statuses(book) == STATUSES[service]
    assert [one.email for one in book.active("evening")] == ["a@example.com"]
    before = list(book.all())
    assert set(taken(intake, EXPORTS[service])[0]) == {"known"}
    assert list(book.all()) == before
    assert "private words" not in str(before)  # notes about people are not brought along
    assert "203.0.113.7" not in str(before)


def test_what_a_service_knows_of_a_reader_comes_along(kept):
    book, intake = kept
    taken(intake, EXPORTS["mailchimp"])
    (ada,) = book.readers("a@example.com")
    assert (ada.subscriber.name, ada.profile.country) == ("Ada Lovelace", "GB")
    assert ada.profile.tags == ("editors", "vip")
    assert ada.added_at == dt.datetime(2024, 2, 5, 19, 28, 23, tzinfo=dt.UTC)
    assert "2024-02-05 19:30:00" in ada.consent
    assert book.readers("b@example.com")[0].changed_at.year == 2024
    book.erase("a@example.com", ENTRY)
    taken(intake, EXPORTS["listmonk"])
    (ada,) = book.readers("a@example.com")
    assert ada.profile == Profile("GB", "", "listmonk", ("AAPL",), custom={"plan": "gold"})
    assert ada.added_at.hour == 18  # an hour east of Greenwich


@pytest.mark.parametrize("own", list(Status))
@pytest.mark.parametrize("theirs", ["active", "pending", "unsubscribed", "bounced", "complained"])
def test_no_import_makes_anybody_get_mail_who_had_ended_it_anywhere(kept, own, theirs):
    book, intake = kept
    book.add("Ada@example.com", "", "evening", {}, NOW, status=own)
    taken(intake, f"email,status\nada@EXAMPLE.com,{theirs}\n")
    (found,) = book.readers("ADA@example.com")
    ends = theirs in set(map(str, ENDED)) and own not in ENDED
    assert found.status == (theirs if ends else own)
    assert list(book.active("evening")) == ([] if found.status != "active" else [found.subscriber])


def test_who_ended_it_there_before_they_came_here_stays(kept):
    book, intake = kept
    book.add("b@example.com", "", "evening", {}, NOW)
    counts, _ = taken(intake, EXPORTS["buttondown"])  # left in February 2025, came in July 2026
    assert counts["known"] == 1
    assert book.readers("b@example.com")[0].status == "active"


def test_suppressed_addresses_stay_out_and_a_dry_run_changes_nothing(kept):
    book, intake = kept
    data = "email\na@example.com\nb@example.com\nA@Example.com\nx\n"
    wanted = {"added": 1, "suppressed": 1, "repeated": 1, "refused": 1}
    assert taken(intake, data, suppressed=["b@example.com"], dry=True)[0] == wanted
    assert list(book.all()) == []
    assert taken(intake, data, suppressed=["b@example.com"])[0] == wanted
    assert statuses(book) == {"a": "active"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found_or_told(kept, encoding, delimiter):
    book, intake = kept
    data = f"email{delimiter}name\na@example.com{delimiter}Jörg\n".encode(encoding)
    named = encoding if encoding in {"latin-1", "cp1252"} else None
    if named:
        with pytest.raises(ConfigError, match="not written in utf-8"):
            taken(intake, data)
        assert list(book.all()) == []
    taken(intake, data, encoding=named)
    assert book.readers("a@example.com")[0].subscriber.name == "Jörg"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "no column 'email'"), ("name,phone\n1,2\n", "found: 'name', 'phone'"),
        ("ann@example.com\nbo@example.com\n", "add a header line."),
        (b"email\n\xff\xfe\n", "not written in utf-8"), ("\0\0\0", "no column 'email'"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_readers_is_one_sentence_without_an_address(kept, data, words):
    with pytest.raises(ConfigError) as caught:
        taken(kept[1], data)
    assert words in str(caught.value)
    assert "ann@" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("eve,Eve", "one @ and a domain"), ("a@x.example,A\0B", "control"),
        ("a@x.example," + "x" * 200, "200 characters"),
        ('a@x.example,"' + "x" * 140_000, "quotation"),
        ("a@x.example,A,tipsy", "'tipsy' is not known"), ("a@x.example,A,,ZZ", "ISO 3166-1"),
        ("a@x.example,A,,,$$$", "is no ticker"),
    ],
)  # fmt: skip
def test_hostile_rows_are_refused_with_their_line_and_the_next_is_read(kept, row, words):
    book, intake = kept
    data = f"email,name,status,country,tickers\n{row}\n\ngood@example.com,Good,,,\n"
    if words == "quotation":  # an open quotation mark may take what follows with it
        data += "more@example.com,More,,,\n" * 2
    _, refused = taken(intake, data)
    assert words in refused[0][1]
    assert refused[0][0] >= 2
    assert "x.example" not in str(refused)
    assert any(row["email"] in {"good@example.com", "more@example.com"} for row in book.all())


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)


class Taking:
    """An intake that takes everything and keeps it."""

    def __init__(self):
        self.took = []

    def take(self, batch, *_, dry=False):
        self.took.extend(batch)
        return [Outcome.ADDED] * len(batch)


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=30), max_size=5), st.sampled_from(list(EXPORTS))
)
def test_whatever_stands_in_the_cells_every_row_is_told_of(rows, service):
    separator = ";" if service == "plain" else ","
    header = next(csv.reader([EXPORTS[service].splitlines()[0]], delimiter=separator))
    at = [name.casefold() in ADDRESS for name in header].index(True)
    out, intake = io.StringIO(), Taking()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(header)
    for row in rows:
        cells = row * (len(header) // len(row) + 1)
        cells[at] += "@hidden.example"
        writer.writerow(cells)
    counts, refused = taken(intake, out.getvalue())
    assert sum(counts.values()) == len(rows)
    assert all(one.status in Status for one in intake.took)
    assert "hidden.example" not in str(refused)


def test_the_houses_own_export_is_taken_back_whole(kept, tmp_path):
    book, _ = kept
    profile = Profile(
        "IN", "en", "form", ("AAPL", "BRK-B"), ("vip", "a b"), ("mon", "fri"), {"plan": "=gold"}
    )
    for local, status in (("+1", "active"), ("=cmd", "unsubscribed"), ("-x", "pending")):
        book.add(f"{local}@example.com", "@SUM(1)", "evening", {"how": "f" * 300}, NOW,
                 status=Status(status), profile=profile)  # fmt: skip
    rows = list(book.all())
    sheet = "".join(lines(list(rows[0]), rows))
    assert not any(
        cell[:1] in "=+-@" for row in csv.reader(io.StringIO(sheet)) for cell in row if cell
    )
    (tmp_path / "second").mkdir()
    with audience(tmp_path / "second") as (other, taking):
        later = NOW + dt.timedelta(days=3)
        assert taken(taking, sheet, now=later)[1] == []
        back = {row["email"]: row for row in other.all()}
    same = ("email", "name", "status", "added_at", "country", "language", "source", "tickers",
            "tags", "days", "custom")  # fmt: skip
    for row in rows:
        assert {name: back[row["email"]][name] for name in same} == {
            name: row[name] for name in same
        }
