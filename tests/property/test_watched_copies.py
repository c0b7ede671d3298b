"""Whatever rows, places and tickers there are: a copy is the mail with a plain text put in."""

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lengths import length
from send_support import EDITION, reader, rendered, signer
from watched_support import decoded, kept

from newsletter.render.personal import Own
from newsletter.render.rendered import UNSUBSCRIBE_URL, Rendered
from newsletter.render.watched import Piece, Watched
from newsletter.send.tokens import Purpose

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60)
AWKWARD = st.sampled_from(["", ".", "From x", "=", "=E2=", "é" * 90, " ", "\t", "▲ +1.0%", "\n\n"])
LINES = st.one_of(WORDS, AWKWARD).map(lambda text: f"{text}\n")
PIECES = st.builds(Piece, LINES, LINES)
SYMBOLS = st.sampled_from(["IWM", "SPY", "VIX", "GC=F", "BRK-B", "A", "0700.HK"])
ROWS = st.dictionaries(SYMBOLS, PIECES, min_size=1)
HOSTILE = st.sampled_from(
    ["<script>alert(1)</script>", "IWM\r\nBcc: x@evil.example", "iwm", " IWM", "", "^", "{{7*7}}",
     UNSUBSCRIBE_URL, "^^SPY"]
)  # fmt: skip
TICKERS = st.lists(st.one_of(SYMBOLS, SYMBOLS.map("^{}".format), HOSTILE), max_size=25).map(tuple)


def wanted(part, place, pieces, links):
    """Put a block into a part by hand."""
    text = part[:place] + "".join(pieces) + part[place:]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text if text.endswith("\n") else text + "\n"
    for mark, link in links.items():
        text = text.replace(mark, link)
    return text


def chosen(rows, tickers):
    """Choose rows in the slowest way there is."""
    found = []
    for ticker in tickers:
        name = ticker[len(ticker) - len(ticker.lstrip("^")) :]
        if name in rows and name not in found and len(found) < 12:
            found.append(name)
    return found


@given(WORDS, WORDS, st.tuples(st.floats(0, 1), st.floats(0, 1)), PIECES, PIECES, ROWS, TICKERS)
@example("a", "b", (0.0, 1.0), Piece(".\n", ".\n"), Piece("=\n", "=\n"), {"A": Piece("x\n", "x\n")},
         ("A", "A"))  # fmt: skip
@settings(max_examples=length(60, 1500), deadline=None)
def test_a_copy_equals_the_mail_with_the_block_put_in_by_hand(
    text, html, where, head, foot, rows, tickers
):
    text, html = f"{text}\n{UNSUBSCRIBE_URL}\n", f"<p>{html}\n{UNSUBSCRIBE_URL}"
    places = (int(where[0] * len(html)), int(where[1] * len(text)))
    # A link is never cut by a place: templates print places and links apart.
    places = tuple(
        place if place <= (at := part.index("https://reader")) else at
        for place, part in zip(places, (html, text), strict=True)
    )
    own = Watched(places, head, foot, rows)
    mail = replace(rendered(text=text, html=html, images=False), watched=own)
    message, someone = kept(mail), reader(tickers=tickers)
    links = {UNSUBSCRIBE_URL: signer().url(someone, Purpose.UNSUBSCRIBE, EDITION)}
    symbols = chosen(rows, tickers)
    pieces = [head, *(rows[symbol] for symbol in symbols), foot] if symbols else []
    got = decoded(message, tickers=tickers)
    assert got[0] == wanted(text, places[1], [one.text for one in pieces], links)
    assert got[1] == wanted(html, places[0], [one.html for one in pieces], links)
    # What is shown where nothing is sent says the same.
    shown = Own(*links.values(), tickers=tickers)
    assert wanted(shown.html(mail), 0, [], {}) == got[1]
    assert wanted(shown.text(mail), 0, [], {}) == got[0]


@given(ROWS, PIECES, PIECES, st.tuples(st.integers(0, 9), st.integers(0, 9)))
@settings(max_examples=length(40, 1000), deadline=None)
def test_rows_are_kept_in_their_order_and_bound_by_the_hash(rows, head, foot, places):
    bare = rendered(html=f"<p>Ten letters</p>{UNSUBSCRIBE_URL}", images=False)
    mail = replace(bare, watched=Watched(places, head, foot, rows))
    assert Rendered.from_bytes(mail.to_bytes()) == mail
    assert list(Rendered.from_bytes(mail.to_bytes()).watched.rows) == list(rows)
    assert mail.sha256 != bare.sha256
    first = next(iter(rows))
    other = Piece(rows[first].html, rows[first].text + "x\n")
    for changed in (
        Watched(places, head, foot, rows | {first: other}),
        Watched(places, head + other, foot, rows),
        Watched(places, head, foot + other, rows),
        Watched((places[0] + 1, places[1]), head, foot, rows),
    ):
        assert replace(mail, watched=changed).sha256 != mail.sha256
        assert not kept(mail).says_the_same_as(kept(replace(mail, watched=changed)))
    assert kept(mail).says_the_same_as(kept(mail))
