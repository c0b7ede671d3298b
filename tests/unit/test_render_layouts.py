"""Layouts, brand and what print sets apart: gauge and pull figure."""

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from PIL import Image as Pillow
from render_support import draft, fact, ledger, mail, publication, with_text

from newsletter import assets
from newsletter.compute.facts import Fact, Ledger, Period, index_facts
from newsletter.compute.signals.gauge import states_of
from newsletter.config import Brand, Fonts
from newsletter.draft.claims import Section
from newsletter.errors import ConfigError, RenderError
from newsletter.render.highlights import GAUGE, pull, reading
from newsletter.render.logo import NAME, logo
from newsletter.render.page import exhibits
from newsletter.render.templating import environment
from newsletter.units import Unit


def gauge_facts(level: str, state: str, since: dt.date) -> list[Fact]:
    """Return the three facts of the gauge by hand."""
    base = ledger()["SPY.return.1d"]
    period = Period("close", base.period.end, base.period.end)
    return [
        replace(
            base, id=f"{GAUGE}.{name}", subject=GAUGE, name="the rotation gauge", metric=metric,
            period=period, value=value, unit=unit, kind="statistic", places=0,
        )
        for name, metric, value, unit in (
            ("level", "level", Decimal(level), Unit.NUMBER),
            ("signal.state", "signal_state", state, Unit.STATE),
            ("signal.since", "signal_since", since, Unit.DATE),
        )
    ]  # fmt: skip


def with_gauge(level: str, state: str, since: dt.date = dt.date(2026, 4, 21)) -> Ledger:
    """Return the hand-made ledger with a gauge in it."""
    book = ledger()
    return replace(book, facts=index_facts([*book, *gauge_facts(level, state, since)]))


@pytest.mark.parametrize("layout", ["evening", "weekly", "plain"])
def test_every_layout_says_all_of_the_draft_in_both_parts(layout: str) -> None:
    """Whatever its looks, no sentence of the edition is lost."""
    one, given = mail(layout=layout), draft()
    page = " ".join(lxml_html.fromstring(one.html).text_content().split())
    text = " ".join(one.text.split())
    told = [given.headline, given.dek, given.verdict, *given.watch, *given.change_mind]
    plain = [words for words in told if "{{" not in words]
    assert len(plain) > 4
    for words in plain:
        assert words in page
        assert words in text


def test_the_plain_layout_carries_no_pictures() -> None:
    """A letter is words."""
    one = mail(layout="plain")
    assert one.images == ()
    assert "<img" not in one.html
    assert "[Chart]" not in one.text


def test_the_weekly_opens_with_its_first_table() -> None:
    """The week in figures stands before the argument."""
    given = draft()
    first = given.sections[0].heading
    page = mail(layout="weekly").html
    assert page.index(given.tables[0].title) < page.index(first)
    assert mail().html.index(given.tables[0].title) > mail().html.index(first)


def test_an_unknown_layout_is_refused() -> None:
    """A slip of the pen does not fall back to another design in silence."""
    with pytest.raises(RenderError, match=r"subject\.txt\.j2"):
        mail(layout="weakly")


def test_a_language_from_right_to_left_turns_the_mail() -> None:
    """Frame, alignment and indents follow; figures keep their own order."""
    given = publication().model_copy(update={"language": "he"})
    made = mail(publication=given)
    assert '<html lang="he" dir="rtl"' in made.html
    assert "direction:ltr" not in made.html
    assert "padding-left:20px" not in made.html
    assert "padding-right:20px" in made.html
    cells = lxml_html.fromstring(made.html).xpath("//table[starts-with(@class, 'figures')]//td")
    assert cells
    assert {cell.get("dir") for cell in cells} == {"ltr"}
    assert all(cell.get("style").startswith("text-align:left;") for cell in cells)


def test_the_gauge_marks_its_place_and_lights_its_state() -> None:
    """The marker stands where the level is; one zone is lit."""
    cases = (
        ("-100", "rotation off", 0), ("0", "mixed", 48), ("100", "rotation on", 96),
        ("-250", "rotation off", 0),
    )  # fmt: skip
    for level, state, before in cases:
        found = reading(with_gauge(level, state))
        assert found is not None
        assert (found.before, found.before + found.after) == (before, 96)
        assert [zone.name.lower() for zone in found.zones if zone.lit] == [state]
        assert sum(zone.width for zone in found.zones) == 100


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=40))
def test_the_present_zone_reaches_as_far_as_its_state_is_kept(levels: list[int]) -> None:
    """Whatever came before, the level lies on the zone that is lit, as the signal has it."""
    state = str(states_of(np.array(levels) / 100)[-1])
    found = reading(with_gauge(str(levels[-1]), state))
    assert found is not None
    lit = next(place for place, zone in enumerate(found.zones) if zone.lit)
    start = sum(zone.width for zone in found.zones[:lit])
    assert start <= (levels[-1] + 100) / 2 <= start + found.zones[lit].width


@pytest.mark.parametrize(
    ("level", "state", "place"),
    [("-15", "rotation off", 0), ("-10", "rotation off", 0), ("24", "mixed", 1),
     ("10", "rotation on", 2), ("-100", "rotation off", 0), ("100", "rotation on", 2)],
)  # fmt: skip
def test_the_marker_stands_over_the_name_of_the_state(level: str, state: str, place: int) -> None:
    """A state that is kept below the level at which it is entered is no other state."""
    rows = lxml_html.fromstring(mail(book=with_gauge(level, state)).html).xpath(
        "//table[@aria-hidden='true']/tbody/tr"
    )
    marked = ["▼" in "".join(cell.itertext()) for cell in rows[0].xpath("td")]
    assert marked == [one == place for one in range(3)]
    assert rows[2].xpath("td")[place].findtext("strong") == state.capitalize()


def test_the_gauge_is_told_in_words_in_both_parts() -> None:
    """Its picture is for the eye alone and hidden from screen readers."""
    one = mail(book=with_gauge("16", "mixed"))
    sentence = "The rotation gauge stands at +16, mixed since 21 April 2026."
    document = lxml_html.fromstring(one.html)
    assert sentence in " ".join(document.text_content().split())
    assert sentence in " ".join(one.text.split())
    assert len(document.xpath("//table[@aria-hidden='true']")) == 1
    rows = document.xpath("//table[@aria-hidden='true']/tbody/tr")
    marked = ["".join(cell.itertext()).strip("\xa0 \n") for cell in rows[0].xpath("td")]
    assert marked == ["", "▼", ""]
    assert rows[2].xpath("td")[1].findtext("strong") == "Mixed"


def test_a_state_entered_tonight_is_not_said_to_have_lasted() -> None:
    """ "Since" wants an earlier day."""
    found = reading(with_gauge("9", "mixed", ledger().session.date))
    assert found is not None
    assert found.sentence == "The rotation gauge is mixed. It stands at +9."


def test_a_shape_that_belies_its_sign_is_refused() -> None:
    """Shapes are ornaments that no reader of words checks, so the finished page is searched."""
    own = dict(assets.texts("templates"))
    path = "email/shared/parts/table.mjml.j2"
    assert '"▲" if tone == "up"' in own[path]
    own[path] = own[path].replace('"▲" if tone == "up"', '"▲" if tone == "down"')
    with pytest.raises(RenderError, match="whose sign says otherwise"):
        mail(templates=environment(own))
    assert mail().html.count('<small class="sign"') > 10


def test_without_a_gauge_nothing_is_said_of_one() -> None:
    """An absent fact leaves no empty frame."""
    assert reading(ledger()) is None
    assert "gauge" not in mail().html.lower()


def test_a_lead_is_set_large_from_the_side_that_is_ahead() -> None:
    """A negative spread is the other side's lead, so that no minus is swallowed."""
    lag = fact("IWM-QQQ.spread.3m", "-4.2", Unit.POINTS, "the small-cap fund's lead")
    book = replace(ledger(), facts=index_facts([*ledger(), lag]))
    text = with_text(sections=(Section("", ("A quarter: {{IWM-QQQ.spread.3m}}.",)),))
    found = pull(text, book)
    assert found is not None
    assert found.figure == lag.forms["plain"]
    assert found.rest == (
        "is the lead of the Nasdaq-100 fund over the small-cap fund over three months."
    )


def test_only_figures_that_the_text_argues_with_are_set_large() -> None:
    """No fact is pulled from the ledger alone."""
    bare = with_text(
        bullets=(), sections=(Section("", ("Nothing to count.",)),), watch=(), change_mind=(),
        counter=Section("", ("Nothing.",)), verdict="Nothing.",
    )  # fmt: skip
    assert pull(bare, ledger()) is None


def test_charts_are_spread_over_the_argument() -> None:
    """First after the first section, last after the last, all of them once, in order."""
    for charts in range(5):
        for sections in range(1, 6):
            plates = [object() for _ in range(charts)]
            found = exhibits(plates, (), sections)  # type: ignore[arg-type]
            assert [plate for place in found.placed for plate in place] == plates
            assert charts == 0 or found.after(0)
            assert charts < 2 or found.after(sections - 1)


def picture(width: int = 400, height: int = 100, kind: str = "PNG") -> bytes:
    """Return a made-up logo."""
    out = io.BytesIO()
    Pillow.new("RGB", (width, height), "#14213d").save(out, kind)
    return out.getvalue()


def test_a_logo_is_drawn_anew_and_named() -> None:
    """Twice its printed size, with the name where pictures are off."""
    made = logo(picture(kind="JPEG"), 36, "The Rotation", "logo.jpg")
    assert (made.name, made.alt, made.width, made.height) == (NAME, "The Rotation", 144, 36)
    with Pillow.open(io.BytesIO(made.png)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (288, 72))
    one = mail(logo=made)
    assert one.images[0] == made
    masthead = lxml_html.fromstring(one.html).xpath(f"//img[@src='cid:{NAME}']")
    assert [image.get("alt") for image in masthead] == ["The Rotation"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg/>", "cannot be read"),
        (picture()[:60], "cannot be read"),
        (picture(4000, 100), "logo_height"),
        (b"x" * 2_000_001, "at most"),
    ],
)
def test_a_poor_logo_is_refused_in_a_sentence(data: bytes, said: str) -> None:
    """The file is named and what to do."""
    with pytest.raises(ConfigError, match=said) as told:
        logo(data, 36, "The Rotation", "brand.png")
    assert "brand.png" in str(told.value)


def test_typefaces_are_names_and_nothing_else() -> None:
    """A family with blanks is quoted; CSS cannot be smuggled in."""
    stacks = Fonts(headline=("Charter", "Iowan Old Style")).stacks()
    assert stacks["headline"].startswith("Charter, 'Iowan Old Style', Georgia, ")
    assert stacks["headline"].endswith(", serif")
    with pytest.raises(ValueError, match="pattern"):
        Brand.model_validate({"fonts": {"body": ["x;} body{display:none"]}})
