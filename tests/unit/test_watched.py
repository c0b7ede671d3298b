"""Your tickers: rows from the ledger alone, proved, approved, and nobody else's."""

import json
import os
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from render_support import GOLDEN, fact, mail
from send_support import APPROVED_AT, EDITION, frozen, reader, rendered, signer, sql_book
from watched_support import LABELS, book, decoded, evening, kept, level

from newsletter.errors import RenderError
from newsletter.preflight.check import check_mail
from newsletter.preflight.rule import RuleContext
from newsletter.preview.choice import Choice
from newsletter.preview.frame import framed
from newsletter.preview.marks import marked
from newsletter.render.checks import MOST_BYTES, defects
from newsletter.render.personal import NOBODY, Own
from newsletter.render.rendered import PREFERENCES_URL, WATCHED_PLACE
from newsletter.render.templating import environment
from newsletter.render.tidy import tidied
from newsletter.render.watched import MOST_ROWS, Piece, Watched
from newsletter.send.tokens import Purpose
from newsletter.store.database import Database
from newsletter.store.models import SubscriberRow
from newsletter.units import Unit

ALIASES = RuleContext(aliases={label: symbol.lstrip("^") for symbol, label in LABELS.items()})


def proved(given, ledger=None):
    pages = [(page.html, page.text) for page in given.watched.pages()]
    return check_mail("", "", "", "", ledger or book(), context=ALIASES, watched=pages)


def blocking(report):
    return [one for one in report.findings if one.severity.value == "block"
            and one.part.endswith("tickers")]  # fmt: skip


@pytest.mark.parametrize(("name", "part"), [("watched.html", "html"), ("watched.txt", "text")])
def test_the_block_is_as_it_was_approved(name, part):
    made = getattr(evening().watched.block(("QQQ", "VIX", "IWM")), part)
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN") == "1" and os.environ.get("CI") != "true":
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


def test_a_row_has_the_ledgers_own_figures_and_no_others():
    row = evening().watched.rows["IWM"]
    figures = ["$231.75", "▼ −0.6%", "▲ +20.9%"]  # the hand-made facts, as print rounds them
    assert re.findall(r"[▲▼]? ?[+−$]?[\d.]+%?", row.text)[-3:] == [" $231.75", *figures[1:]]
    told = re.sub(r"<[^>]+>", "", row.html).replace("&#160;", " ").split("\n")
    assert [line for line in told if re.search(r"\d", line)] == figures
    assert "TLT" not in evening().watched.rows  # which the ledger knows nothing of


@pytest.mark.parametrize(
    "tickers",
    [(), ("ZZZZ",), ("TLT",), ("<b>IWM</b>", "IWM\nX", "iwm", ""), ("https://reader.invalid/",)],
)
def test_who_watches_nothing_known_gets_the_mail_without_a_trace(tickers):
    given, bare = evening(), mail(book=book())
    assert bare.watched is None
    assert decoded(kept(given), tickers=tickers) == decoded(kept(bare))
    assert (given.html, given.text) == (bare.html, bare.text)


def test_rows_come_in_the_readers_order_each_once_and_not_too_many():
    text, html = decoded(kept(evening()), tickers=("QQQ", "^VIX", "QQQ", "IWM"))
    for part in (text, html):
        head = part.index("Your tickers")
        assert part.count("Your tickers") == 1
        rows = part[head : part.index("Chosen by you")]
        assert rows.index("QQQ") < rows.index("VIX") < rows.index("IWM")
        assert "SPY" not in rows
    many = {f"S{n}": Piece(f"{n}\n", f"{n}\n") for n in range(40)}
    own = Watched((0, 0), Piece("h\n", "h\n"), Piece("f\n", "f\n"), many)
    assert own.block(tuple(many)).text.count("\n") == MOST_ROWS + 2


def test_the_links_of_choices_are_each_readers_own():
    message, bare = kept(evening()), evening()
    assert bare.text.count(PREFERENCES_URL) == bare.html.count(PREFERENCES_URL) == 1
    for number in (1, 2):
        link = signer().url(reader(number), Purpose.PREFERENCES, EDITION)
        for part in decoded(message, id=f"sub-{number}"):
            assert part.count(link) == 1
            assert "reader.invalid" not in part


def test_every_row_is_proved_before_review():
    report = proved(evening())
    assert not blocking(report)
    claims = [one for one in report.claims if one.part == "html tickers"]
    # Three funds with a close, a day and a year; a level alone; the year in the foot is a date.
    figures = [one for one in claims if one.kind != "date"]
    assert len(figures) == 3 * 3 + 1
    assert all(one.verdict.value == "proved" for one in claims)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("html", "−0.6%", "−0.7%"),
        ("text", "−0.6%", "−0.7%"),
        ("html", "−0.6%", "+0.6%"),
        ("text", "▲ +20.9%", "▲ +20.8%"),
        ("html", "$231.75", "$231.76"),
        ("text", "IWM Small caps", "SPY S&P 500   "),
        ("html", "Today", "Five sessions"),
    ],
)
def test_a_row_that_does_not_prove_blocks(part, old, new):
    given = evening()
    own = given.watched

    def changed(piece):
        return replace(piece, **{part: getattr(piece, part).replace(old, new)})

    rows = {symbol: changed(row) for symbol, row in own.rows.items()}
    mutant = replace(given, watched=replace(own, rows=rows, head=changed(own.head)))
    assert mutant.watched != own
    assert blocking(proved(mutant))


def test_a_shape_that_says_otherwise_is_a_defect():
    given = evening()
    row = given.watched.rows["IWM"]
    for part in ("html", "text"):
        wrong = replace(row, **{part: getattr(row, part).replace("▼", "▲")})
        own = replace(given.watched, rows=given.watched.rows | {"IWM": wrong})
        assert any("IWM" in one for one in defects(replace(given, watched=own), (), "", False))
        other = replace(row, **{part: getattr(row, part).replace("IWM", "QQQ")})
        own = replace(given.watched, rows=given.watched.rows | {"IWM": other})
        assert any("IWM" in one for one in defects(replace(given, watched=own), (), "", False))
    assert not defects(given, (), "", False)


def test_the_longest_block_counts_towards_the_limit():
    given = evening()
    own = given.watched
    longest = max(len(own.block(order).html.encode()) for order in (tuple(own.rows), ("IWM",)))
    assert given.heaviest == len(given.html.encode()) + longest
    pad = "x" * (MOST_BYTES - len(given.html.encode()) - longest)
    heavy = replace(given, html=given.html + pad)
    assert any("bytes" in one for one in defects(heavy, (), "", False))
    assert not defects(replace(heavy, html=heavy.html[:-1]), (), "", False)


def test_stale_figures_are_left_out_and_a_row_needs_a_move_or_a_close():
    old = replace(level("SPY", "640.12"), quality="stale")
    spy = evening(book=book(old)).watched.rows["SPY"]
    assert "640.12" not in spy.html + spy.text
    assert "–" in spy.text
    gone = [replace(one, quality="stale") for one in book() if one.subject == "SPY"]
    assert "SPY" not in evening(book=book(*gone)).watched.rows
    nothing = [replace(one, quality="stale") for one in book()
               if one.subject in {"SPY", "IWM", "QQQ", "VIX"}]  # fmt: skip
    assert evening(book=book(*nothing)).watched is None


def test_a_week_has_the_weeks_move():
    own = evening(week=True).watched
    assert "Five sessions" in own.head.html
    assert "−0.4%" in own.rows["IWM"].text  # five sessions by hand
    assert not blocking(proved(evening(week=True)))


def test_no_change_has_its_own_shape():
    flat = fact("IWM.return.1d", "0", Unit.PERCENT, "the small-cap fund")
    assert "■ 0.0%" in evening(book=book(flat)).watched.rows["IWM"].text
    small = replace(flat, value=Decimal("0.04"))
    assert "■ 0.0%" in evening(book=book(small)).watched.rows["IWM"].text


def test_a_label_is_never_markup_nor_too_wide():
    labels = LABELS | {"IWM": "<b>Small</b> & caps " + "x" * 8}
    own = mail(book=book(), instruments=labels).watched
    assert "<b>" not in own.rows["IWM"].html
    assert "&lt;b&gt;Small&lt;/b&gt; &amp; caps" in own.rows["IWM"].html
    assert max(len(line) for page in own.pages() for line in page.text.splitlines()) <= 78


def test_the_same_ledger_gives_the_same_bytes_and_html_is_tidy():
    first, second = evening(), evening()
    assert first.to_bytes() == second.to_bytes()
    assert frozen(first).to_bytes() == frozen(second).to_bytes()
    block = first.watched.block(tuple(LABELS)).html
    assert tidied(block).replace("\n", "") == block.replace("\n", "")


def test_what_was_kept_before_reads_the_same():
    old = json.loads(frozen(rendered()).to_bytes())
    assert old["schema"] == "frozen/1"
    assert "watched" not in old
    assert kept(rendered()) == frozen(rendered())
    assert b"watched" not in rendered().to_bytes()


def test_a_template_that_prints_the_place_in_one_part_alone_is_refused():
    from newsletter import assets

    texts = dict(assets.texts("templates"))
    name = "email/shared/layout.txt.j2"
    texts[name] = texts[name].replace("{{ watched_place }}", "")
    with pytest.raises(RenderError, match=r"1 times in the HTML and 0 times in the text"):
        evening(templates=environment(texts))


def test_a_shown_copy_holds_no_mark():
    given = evening()
    for own in (NOBODY, Own(tickers=("IWM",)), Own(every=True)):
        for part in (own.html(given), own.text(given)):
            assert "reader.invalid" not in part
            assert WATCHED_PLACE not in part
    assert "SPY" in Own(every=True).text(given).partition("Your tickers")[2]
    assert "Your tickers" not in NOBODY.text(given)


def test_a_test_copy_shows_the_first_rows():
    raw = frozen(evening(), test=True).test_copy("ed@example.com", signer()).data
    assert raw.count(b"Your tickers") == 2


def test_marks_of_claims_stand_in_a_shown_copy_beside_the_rows():
    given = evening()
    ledger = book()
    report = check_mail(
        given.subject, given.preheader, given.html, given.text, ledger, context=ALIASES
    )
    plainly, found = marked(given.html, report.claims)
    opened, same = marked(given.opened().html, report.claims)
    assert same == found
    choice = Choice.read({"watch": "IWM,,QQQ," + "X," * 40})
    assert choice.watch == ("IWM", "QQQ", *["X"] * (MOST_ROWS - 2))
    page = framed(given, choice, Own(tickers=choice.watch), opened)
    assert page.count("<mark data-claim") == plainly.count("<mark data-claim") > 0
    assert page.count("Your tickers") == 1


def test_the_ledger_of_deliveries_knows_what_its_reader_watches(tmp_path):
    with sql_book(tmp_path / "books.db", [reader(1), reader(2)]) as deliveries:
        with Database(f"sqlite:///{tmp_path / 'books.db'}").begin() as session:
            session.get(SubscriberRow, "sub-1").tickers = "|QQQ|^VIX|"
        rows = [frozen().delivery(reader(n), signer(), APPROVED_AT) for n in (1, 2)]
        deliveries.freeze(EDITION, rows)
        found = {row.subscriber.id: row.subscriber.tickers for row in deliveries.open(EDITION, 9)}
    assert found == {"sub-1": ("QQQ", "^VIX"), "sub-2": ()}
