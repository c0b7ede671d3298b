"""Every fault that a source beside the bars can have, on real sockets: docs/data.md says what
becomes of each, and each of its rows is a case here.
"""

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from collect_support import REPO
from feed_servers import Answer, feed_server
from feed_support import FRED, KITS, RSS, Kit
from lengths import some

from newsletter import registry
from newsletter.collect.providers import known as providers

DOCUMENT = (REPO / "docs" / "data.md").read_text()
CSV = ("fred", "cboe", "issuer")
ALL = (*CSV, "rss")


@dataclass(frozen=True)
class Fault:
    """What is done to a good page, and what the run says of it; nothing where it is read."""

    made: Callable[[Kit], Answer | list[Answer]]
    told: str = ""
    sources: tuple[str, ...] = ALL


def _refused(kit: Kit) -> Answer:
    return Answer(b"slow down", 429, "text/plain")


def _moved(to: str) -> Callable[[Kit], Answer]:
    return lambda kit: Answer(b"", 302, headers=(("Location", to),))


def _page(text: str, kind: str = "text/html") -> Callable[[Kit], Answer]:
    return lambda kit: Answer(text.encode(), kind=kind)


def _swapped(old: str, new: str, *, count: int = 1) -> Callable[[Kit], Answer]:
    def made(kit: Kit) -> Answer:
        text = kit.page.body.decode()
        assert old in text
        return kit.page.changed(body=text.replace(old, new, count).encode())

    return made


def _xml(text: str) -> Callable[[Kit], Answer]:
    """Put a document type before the feed, and its entity into the first headline."""
    return lambda kit: kit.page.changed(
        body=RSS.replace("?>\n", f"?>\n{text}\n", 1).replace("Oil slips", "Oil &x;").encode()
    )


LAUGHS = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for name, before in zip("bcdefghix", "abcdefghi", strict=True)
)
BOMB = gzip.compress(b"0,0\n" * 5_000_000, 9)  # 20 MB in 20 kB

FAULTS = {
    "429-once": Fault(lambda kit: [_refused(kit), kit.page]),
    "429": Fault(_refused, "answers 429 (too many requests); try again later"),
    "500": Fault(lambda kit: Answer(b"oh", 500), "answers 500; try again later"),
    "404": Fault(lambda kit: Answer(b"oh", 404), "answers 404; check the address"),
    "silent": Fault(lambda kit: kit.page.changed(stalls=True), "in time; try again later"),
    "truncated": Fault(
        lambda kit: kit.page.changed(stated=len(kit.page.body) + 9), "breaks off before the end"
    ),
    "unframed": Fault(
        lambda kit: kit.page.changed(framed=False), "so that a break cannot be seen", CSV
    ),
    "empty": Fault(lambda kit: kit.page.changed(body=b""), "it is empty"),
    "wrong-type": Fault(lambda kit: kit.page.changed(kind="application/octet-stream")),
    "html": Fault(_page("<!DOCTYPE html><html><p>Sorry</p></html>"), "a page for people came"),
    "moved": Fault(_moved("https://other.example.net/"), "to an address that is not allowed"),
    "moved-home": Fault(_moved("https://127.0.0.1/latest"), "to an address that is not allowed"),
    "moved-plain": Fault(
        lambda kit: _moved(f"http://{kit.at}")(kit), "to an address that is not allowed"
    ),
    "circle": Fault(lambda kit: _moved(f"https://{kit.at}")(kit), "that is not allowed"),
    "huge": Fault(lambda kit: kit.page.changed(body=b"1,2\n" * 300_000), "sends more than is read"),
    "bomb": Fault(
        lambda kit: kit.page.changed(body=BOMB, headers=(("Content-Encoding", "gzip"),)),
        "sends more than is read",
    ),
    "packed": Fault(lambda kit: kit.page.packed()),
    "packed-broken": Fault(
        lambda kit: kit.page.packed().changed(body=kit.page.packed().body[:-12]), "breaks off"
    ),
    "short-row": Fault(_swapped("4.26\n", "4.26\n2026-07\n"), "row 5: 1 cells", ("fred",)),
    "bad-date": Fault(_swapped("07/01/2026", "13/41/2026"), "'13/41/2026' is no date", ("cboe",)),
    "bad-number": Fault(_swapped("4.26", "4,2.6e"), "row 4: ", ("fred",)),
    "infinite": Fault(_swapped("16.640000", "1e999"), "'1e999' is no number", ("cboe",)),
    "other-columns": Fault(_swapped("DGS10", "DGS2"), "are not a date and that series", ("fred",)),
    "repeated": Fault(_swapped("2026-07-01,4.26\n", "2026-07-01,4.26\n" * 2), "", ("fred",)),
    "contradicted": Fault(
        _swapped("2026-07-01,4.26\n", "2026-07-01,4.26\n2026-07-01,4.27\n"),
        "2026-07-01 stands there twice with different figures",
        ("fred",),
    ),
    "no-values": Fault(
        lambda kit: Answer(re.sub(r",[\d.]+", ",.", FRED).encode()), "no observation", ("fred",)
    ),
    "not-whole": Fault(_swapped("60.50", "20.50"), "weights add up to 60.0 %", ("issuer",)),
    "undated-list": Fault(_swapped("Jul 01, 2026", "-"), "'-' is no date", ("issuer",)),
    "no-ticker": Fault(_swapped('"FTAI"', '"<b>"'), "'<b>' is no ticker", ("issuer",)),
    "entity": Fault(
        _xml('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "declares types or entities",
        ("rss",),
    ),
    "laughs": Fault(
        _xml(f'<!DOCTYPE rss [<!ENTITY a "ha">{LAUGHS}]>'), "declares types or entities", ("rss",)
    ),
    "not-whole-xml": Fault(_swapped("</channel></rss>", "</chan"), "is no whole XML", ("rss",)),
    "not-a-feed": Fault(_page("<svg><title>Rise</title></svg>"), "neither RSS nor Atom", ("rss",)),
    "charset": Fault(
        lambda kit: kit.page.changed(body=RSS.encode().replace(b"Oil", b"\x99il")),
        "not in the character set that it claims",
        ("rss",),
    ),
}

CASES = [
    pytest.param(name, fault, id=f"{fault}-{name}")
    for fault, one in FAULTS.items()
    for name in one.sources
]


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_a_source_with_a_fault_is_left_out_and_told_of_or_read_whole(name: str, fault: str) -> None:
    kit, one = KITS[name], FAULTS[fault]
    made = one.made(kit)
    with feed_server({kit.at: made}) as server:
        fed = kit.fetch(server.web(timeout_seconds=0.25 if fault == "silent" else 5))
    messages = [warning.message for warning in fed.warnings]
    if not one.told:
        assert (kit.read(fed), messages) == (kit.holds, [])
        return
    assert kit.read(fed) == []
    assert not fed.sources
    (message,) = messages
    assert one.told in message
    assert message.endswith(".")
    assert len(message) < 250
    assert "127.0.0.1" not in message
    assert "://" not in message


def test_every_fault_of_the_document_is_a_case_and_every_case_stands_there() -> None:
    rows = re.findall(r"^\|.*\| `([a-z0-9-]+)` \|$", DOCUMENT, re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert sorted(rows) == sorted([*FAULTS, *ELSEWHERE])


ELSEWHERE = (
    "missing-session", "behind", "differs", "differs-earlier", "differs-revised",
    "differs-holdings", "undated", "no-zone", "future", "markup", "said-twice",
)  # fmt: skip
"""Rows whose cases are tests of their own; `test_rows_elsewhere_name_tests` sees to them."""


def test_rows_elsewhere_name_tests() -> None:
    texts = "".join(
        (REPO / "tests" / "unit" / name).read_text()
        for name in ("test_feed_sources.py", "test_second_source.py")
    )
    marked = re.findall(r"^# docs/data\.md: ([a-z0-9-]+)\n(?:@|def test_)", texts, re.MULTILINE)
    assert sorted(marked) == sorted(ELSEWHERE)


def test_every_feed_file_has_its_good_page_and_a_name_of_its_own() -> None:
    found = {
        module.__name__.rsplit(".", 1)[1]: module.FEED
        for module in registry.modules("newsletter.collect.feeds")
    }
    assert set(found) == set(KITS)
    assert all(plugin.id == name for name, plugin in found.items())
    assert not set(found) & set(providers())


@pytest.mark.parametrize("name", ALL)
def test_its_name_and_licence_stamp_its_sources(name: str) -> None:
    kit = KITS[name]
    with feed_server({kit.at: kit.page}) as server:
        fed = kit.fetch(server.web())
    assert kit.open(server.web()).name == name
    assert fed.sources
    for source in fed.sources:
        assert (source.name, source.simulated) == (name, False)
        assert source.licence
        assert source.as_of <= "2026-07-02"
        assert source.redistribution is (name == "fred")  # the Treasury yields are anybody's


@pytest.mark.parametrize(("name", "cut"), some(8, *((n, c) for n in ALL for c in range(1, 40))))
def test_a_page_cut_anywhere_is_never_read_in_part(name: str, cut: int) -> None:
    """The server says nothing of the length that is lost: no half of a list may pass for it."""
    kit = KITS[name]
    body = kit.page.body[: len(kit.page.body) * cut // 40]
    with feed_server({kit.at: kit.page.changed(body=body, framed=name == "rss")}) as server:
        fed = kit.fetch(server.web())
    assert kit.read(fed) == []
    assert len(fed.warnings) == 1
