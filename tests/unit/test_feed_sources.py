"""Sources beside the bars one by one: what each makes of what its publisher really sends."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from collect_support import request
from feed_servers import Answer, certified, feed_server
from feed_support import INVESCO, ISHARES, KITS, RSS, headlines
from hypothesis import given, settings
from hypothesis import strategies as st
from lengths import length

from newsletter.collect import macro
from newsletter.collect.delimited import day, number, read
from newsletter.collect.feeds.cboe import FILES
from newsletter.collect.feeds.fred import AGENCIES
from newsletter.collect.feeds.issuer import Issuer, holdings
from newsletter.collect.feeds.rss import items, plain
from newsletter.collect.second import VOLATILITY
from newsletter.collect.tables import canonical
from newsletter.collect.web import Page, Web
from newsletter.errors import DataUnavailable
from newsletter.feeding import https_host
from newsletter.wire import public

NEW_YORK = ZoneInfo("America/New_York")
LATEST = dt.date(2026, 7, 31)
URL = "https://wire.example.com/rss"
HOSTS = ("wire.example.com", "cdn.example.com")


def feed(*entries: str) -> Page:
    body = "".join(f"<item>{entry}</item>" for entry in entries)
    return Page(f'<rss version="2.0"><channel>{body}</channel></rss>'.encode())


def dated(title: str, published: str) -> str:
    return f"<title>{title}</title><pubDate>{published}</pubDate>"


def days_of(*entries: str) -> list[str]:
    return [
        found.isoformat() for found, _, _ in items(feed(*entries), "The feed", NEW_YORK, LATEST, 50)
    ]


# docs/data.md: undated
def test_a_headline_without_a_date_is_left_out() -> None:
    assert days_of("<title>When?</title>", dated("When?", "soon"), dated("Now", "")) == []


# docs/data.md: no-zone
def test_a_date_without_a_zone_is_taken_for_the_latest_that_it_can_be() -> None:
    # 15:59 at twelve hours behind UTC is 23:59 in New York in summer; a minute later is the next.
    assert days_of(dated("A", "Thu, 02 Jul 2026 15:59:00")) == ["2026-07-02"]
    assert days_of(dated("A", "Thu, 02 Jul 2026 16:00:00")) == ["2026-07-03"]
    assert days_of(dated("A", "Thu, 02 Jul 2026 16:00:00 EDT")) == ["2026-07-02"]
    assert days_of(dated("A", "Fri, 03 Jul 2026 01:30:00 +0000")) == ["2026-07-02"]
    assert days_of(dated("A", "Thu, 02 Jul 2026 16:00:00 HST")) == ["2026-07-03"]


# docs/data.md: future
def test_what_is_dated_after_the_session_is_not_known_yet() -> None:
    page = RSS.replace("Thu, 02 Jul 2026 15:30:00 EDT", "Fri, 03 Jul 2026 00:00:00 EDT")
    with feed_server({"wire.example.com/rss": Answer(page.encode())}) as server:
        fed = headlines(server.web()).fetch(request())
    assert list(fed.tables["headlines"]["text"]) == ["Oil slips"]


# docs/data.md: markup
@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("S&amp;amp;P 500 &lt;i&gt;up&lt;/i&gt;", "S&P 500 up"),
        ("<![CDATA[Oil <script>steal()</script>slips]]>", "Oil slips"),
        ("<![CDATA[<img src=x onerror=alert(1)>Gold]]>", "Gold"),
        ("Up\u202e1%\u200b now\u0007", "Up1% now"),
        ("Line\n   two", "Line two"),
        (f"<![CDATA[{'<div>' * 150}Deep]]>", "Deep"),
        ("&#x26;lt;b&#x26;gt;", "<b>"),  # words about markup stay words
    ],
)
def test_a_title_is_words_alone(title: str, words: str) -> None:
    page = feed(dated(title, "Thu, 02 Jul 2026 15:00:00 GMT"))
    assert [text for _, text, _ in items(page, "The feed", NEW_YORK, LATEST, 50)] == [words]


@settings(max_examples=length(15, 1_000))
@given(st.text(max_size=60))
def test_whatever_a_title_holds_nothing_invisible_is_left(text: str) -> None:
    words = plain(text)
    assert words == " ".join(words.split())
    assert words.isprintable()


# docs/data.md: said-twice
def test_the_same_line_twice_is_one_headline_known_since_its_first_day() -> None:
    page = RSS.replace("Stocks &lt;b&gt;rise&lt;/b&gt; &amp;amp; bonds fall", "Oil slips")
    with feed_server({"wire.example.com/rss": Answer(page.encode())}) as server:
        fed = headlines(server.web()).fetch(request())
    frame = fed.tables["headlines"]
    assert list(zip(frame["text"], frame["known"].astype(str), strict=True)) == [
        ("Oil slips", "2026-07-01")
    ]
    assert len(canonical("headlines", frame)) == len(canonical("links", fed.tables["links"])) == 1


@pytest.mark.parametrize(
    "link", ["javascript:x()", "https://a:b@c.example/", "data:text/html,x", "/"]
)
def test_a_link_that_nobody_should_follow_is_none(link: str) -> None:
    entry = f"{dated('A', 'Thu, 02 Jul 2026 15:00:00 GMT')}<link>{link}</link>"
    ((_, _, found),) = items(feed(entry), "The feed", NEW_YORK, LATEST, 50)
    assert found == ""


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_feed_is_read_in_the_character_set_that_it_states(charset: str) -> None:
    text = RSS.replace("UTF-8", charset.removesuffix("-sig")).replace("Oil", "Société")
    page = Page(text.encode(charset))
    assert "Société slips" in [
        words for _, words, _ in items(page, "The feed", NEW_YORK, LATEST, 50)
    ]


def test_a_character_set_that_hides_markup_is_not_read() -> None:
    page = Page(RSS.replace("UTF-8", "utf-7").replace("Oil", "+2AA-\u00e9").encode("latin-1"))
    with pytest.raises(DataUnavailable, match="not in the character set that it claims"):
        items(page, "The feed", NEW_YORK, LATEST, 50)


def test_a_title_beyond_all_measure_is_left_out_and_of_the_rest_only_the_newest_are_read() -> None:
    rows = [dated(f"Day {n}", f"{n:02} Jun 2026 15:00:00 GMT") for n in range(1, 31)]
    page = feed(dated("<![CDATA[" + "<i>" * 9_000 + "]]>", "Thu, 02 Jul 2026 15:00:00 GMT"), *rows)
    found = items(page, "The feed", NEW_YORK, LATEST, 3)
    assert [text for _, text, _ in found] == ["Day 30", "Day 29"]


def test_rdf_is_read_and_titles_of_other_vocabularies_are_not() -> None:
    page = Page(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        b'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        b'xmlns:m="http://search.yahoo.com/mrss/"><item><m:title>A picture</m:title>'
        b"<title>Oil slips</title><dc:date>2026-07-02T20:00:00Z</dc:date></item></rdf:RDF>"
    )
    found = items(page, "The feed", NEW_YORK, LATEST, 50)
    assert found == [(dt.date(2026, 7, 2), "Oil slips", "")]


def test_atom_is_read_as_well() -> None:
    page = Page(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title><entry>'
        b'<title type="html">Oil &lt;b&gt;slips&lt;/b&gt;</title>'
        b'<link href="https://wire.example.com/2"/><updated>2026-07-02T22:00:00-07:00</updated>'
        b"</entry><entry><title>1 &lt; 2 &lt;b&gt;</title><updated>2026-07-02</updated>"
        b"</entry></feed>"
    )
    assert list(items(page, "The feed", NEW_YORK, LATEST, 50)) == [
        (dt.date(2026, 7, 3), "Oil slips", "https://wire.example.com/2"),
        (dt.date(2026, 7, 2), "1 < 2 <b>", ""),
    ]


def test_invesco_has_a_form_of_its_own() -> None:
    found = holdings("QQQ", read(Page(INVESCO.encode()), "The list"), "The list")
    assert list(zip(found["symbol"], found["weight"], strict=True)) == [
        ("NVDA", 61.25), ("TSM", 38.5),
    ]  # fmt: skip
    assert set(found["known"].astype(str)) == {"2026-07-02"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("QQQ,874", "SPY,874", "it is a list of QQQ, SPY"),
        ("07/01/2026\nQQQ,874", "07/02/2026\nQQQ,874", "rows are of 2 days"),
        ("QQQ", "RSP", "it is a list of RSP"),
        ("Holding Ticker", "Holding", "no columns of a ticker and a weight"),
    ],
)
def test_a_list_of_another_fund_or_of_many_days_is_refused(old: str, new: str, told: str) -> None:
    text = INVESCO.replace(old, new)
    assert text != INVESCO
    with pytest.raises(DataUnavailable, match=told):
        holdings("QQQ", read(Page(text.encode()), "The list"), "The list")


def test_a_repeated_line_counts_once_and_two_lines_of_one_stock_together() -> None:
    line = '"FTAI","FTAI AVIATION LTD","Industrials","Equity","1,400,000.00","60.50"'
    other = line.replace("60.50", "1.00")
    whole = f'{line},"1.00","1.00","160.00"\n'
    more = f'{other},"1.00","1.00","160.00"\n'
    text = ISHARES.replace(whole, whole + whole + more)
    assert text != ISHARES
    found = holdings("IWM", read(Page(text.encode()), "The list"), "The list")
    assert dict(zip(found["symbol"], found["weight"], strict=True)) == {"FTAI": 61.5, "BF-B": 39.0}


def test_a_list_of_tonight_is_known_on_the_next_business_day() -> None:
    page = Answer(ISHARES.replace("Jul 01, 2026", "Jul 02, 2026").encode())
    with feed_server({"www.ishares.com/iwm.csv": page}) as server:
        fed = Issuer(server.web(), {"IWM": "https://www.ishares.com/iwm.csv"}).fetch(request())
    assert (fed.tables, fed.warnings) == ({}, ())


def test_fred_is_asked_for_each_series_alone_and_the_days_wanted() -> None:
    kit = KITS["fred"]
    with feed_server({kit.at: kit.page}) as server:
        fed = kit.open(server.web()).fetch(request((), macro=("DGS10", "UNRATE")))
    assert server.asked[kit.at] == 2
    assert [warning.symbol for warning in fed.warnings] == ["UNRATE"]  # another series came
    assert kit.read(fed) == kit.holds


def test_cboe_gives_an_index_without_a_range_as_closes() -> None:
    at = "cdn.cboe.com/api/global/us_indices/daily_prices/VVIX_History.csv"
    with feed_server(
        {at: Answer(b"DATE,VVIX\r\n07/01/2026,91.5\r\n07/02/2026,90.25\r\n")}
    ) as server:
        bars = KITS["cboe"].open(server.web()).fetch(request(("^VVIX", "SPY"))).bars
    assert bars is not None
    assert list(bars["close"]) == list(bars["adj_close"]) == [91.5, 90.25]
    assert set(bars["symbol"]) == {"^VVIX"}


def test_what_is_said_of_series_and_indices_holds_of_known_ones() -> None:
    assert set(macro.SERIES) >= AGENCIES
    assert not {id for id in AGENCIES if id.startswith("BAML")}
    assert set(FILES) == VOLATILITY


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_a_day_is_read_in_each_way_it_is_written(date: dt.date) -> None:
    month = pd.Timestamp(date).month_name()[:3]
    forms = (
        date.isoformat(), f"{date:%m/%d/%Y}", f"{date.month}/{date.day}/{date:%Y}",
        f"{month} {date:%d, %Y}", f"{date:%d}/{month}/{date:%Y}", f"{date:%d}-{month}-{date:%Y}",
    )  # fmt: skip
    assert {day(form, "It") for form in forms} == {date}


@given(st.floats(-1e14, 1e14))
def test_a_number_is_read_as_it_was_written(value: float) -> None:
    assert number(repr(value), "It") == value
    assert np.isclose(number(f"{value:,.2f}", "It") or 0.0, value, rtol=1e-12, atol=0.006)


@pytest.mark.parametrize(
    "text", ["1,2", "1_000", "inf", "0x10", "٣", "1e999", "1.2.3", "--1", "1 2"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(DataUnavailable, match="is no number"):
        number(text, "It")


# -- the way out ---------------------------------------------------------------------


def test_an_unchanged_page_is_not_sent_again() -> None:
    kit, tag = KITS["fred"], (("ETag", '"one"'), ("Last-Modified", "Thu, 02 Jul 2026 21:00:00 GMT"))
    pages = [kit.page.changed(headers=tag), Answer(b"", 304)]
    with feed_server({kit.at: pages}) as server:
        web = server.web()
        assert kit.read(kit.fetch(web)) == kit.read(kit.fetch(web.anew())) == kit.holds
    assert "if-none-match" not in server.heads[0]
    assert server.heads[1]["if-none-match"] == '"one"'
    assert server.heads[1]["if-modified-since"] == "Thu, 02 Jul 2026 21:00:00 GMT"


def test_a_service_is_waited_for_as_it_asks_but_not_for_ever() -> None:
    waited: list[float] = []
    busy = Answer(b"", 429, headers=(("Retry-After", "7"),))
    pages = {
        "wire.example.com/rss": [busy, Answer(b"x")],
        "cdn.example.com/rss": Answer(b"", 503, headers=(("Retry-After", "3600"),)),
    }
    with feed_server(pages) as server:
        web = server.web(sleep=waited.append)
        assert web.get(URL, HOSTS, "The feed").body == b"x"
        with pytest.raises(DataUnavailable, match=r"cdn\.example\.com answers 503"):
            web.get("https://cdn.example.com/rss", HOSTS, "The feed")
    assert waited == [7.0]


def test_a_host_that_failed_twice_is_left_alone_until_the_next_run() -> None:
    with feed_server({"wire.example.com/rss": [Answer(b"", 500)] * 4 + [Answer(b"x")]}) as server:
        web = server.web()
        for _ in range(2):
            with pytest.raises(DataUnavailable, match="answers 500"):
                web.get(URL, HOSTS, "The feed")
        with pytest.raises(DataUnavailable, match="is left alone"):
            web.get(URL, HOSTS, "The feed")
        assert server.asked["wire.example.com/rss"] == 4  # each time and once again
        assert web.anew().get(URL, HOSTS, "The feed").body == b"x"


def test_a_redirect_among_the_allowed_hosts_is_followed() -> None:
    moved = Answer(b"", 301, headers=(("Location", "//cdn.example.com/new?a=1"),))
    with feed_server(
        {"wire.example.com/rss": moved, "cdn.example.com/new": Answer(b"x")}
    ) as server:
        assert server.web().get(URL, HOSTS, "The feed").body == b"x"
        with pytest.raises(DataUnavailable, match="not allowed"):
            server.web().get(URL, HOSTS[:1], "The feed")


@pytest.mark.parametrize(
    "addresses", [["10.0.0.7"], ["93.184.216.34", "169.254.169.254"], ["::1"], ["fd00::1"], []]
)
def test_a_name_with_one_private_address_is_not_gone_to(addresses: list[str]) -> None:
    found = [(2, 1, 6, "", (address, 443)) for address in addresses]
    web = Web(lookup=lambda *_, **__: found, sleep=lambda _: None)
    with pytest.raises(DataUnavailable, match="leads into a private network") as error:
        web.get(URL, HOSTS, "The feed")
    assert not any(address in str(error.value) for address in addresses)


@pytest.mark.parametrize(
    ("address", "open_"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False),
        ("192.168.1.1", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False), ("2002:a00:1::", False),
        ("fe80::1%eth0", False), ("::", False), ("not an address", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_public_internet_are_public(address: str, open_: bool) -> None:
    assert public(address) is open_


def test_the_name_is_proved_although_the_connection_goes_to_an_address(tmp_path) -> None:
    serving, trust = certified(tmp_path, "wire.example.com")
    pages = {"wire.example.com/rss": Answer(b"x"), "cdn.example.com/rss": Answer(b"x")}
    with feed_server(pages, serving) as server:
        web = server.web(trust=trust)
        assert web.get(URL, HOSTS, "The feed").body == b"x"
        with pytest.raises(DataUnavailable, match=r"cdn\.example\.com cannot be reached"):
            web.get("https://cdn.example.com/rss", HOSTS, "The feed")
        with pytest.raises(DataUnavailable, match="cannot be reached"):
            server.web().get(URL, HOSTS, "The feed")


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "https://a.example:8443/",
        "https://u:p@a.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://a.example/#x",
        "https://a.example\\@b.example/",
        "https://a.example /",
        "file:///etc/passwd",
        "https://",
        "//a.example/",
    ],
)
def test_only_a_plain_https_address_may_be_configured(url: str) -> None:
    with pytest.raises(ValueError, match="must be a whole https:// address"):
        https_host(url)
