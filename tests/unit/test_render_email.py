"""The mail as a whole: complete, safe, the same every time."""

import datetime as dt
import re
import sys
from html.parser import HTMLParser

import pytest
from lxml import html as lxml_html
from render_support import ledger, mail, publication, templates, with_text

from newsletter import assets
from newsletter.compute.facts import Ledger
from newsletter.draft.claims import Section, Table
from newsletter.errors import RenderError, UnknownSlot
from newsletter.render.checks import MOST_BYTES
from newsletter.render.disclaimers import JURISDICTIONS, Declared, names, notice
from newsletter.render.personal import UNLINKED
from newsletter.render.rendered import UNSUBSCRIBE_URL, Rendered
from newsletter.render.standalone import standalone_html
from newsletter.render.templating import environment

_NUMBER = re.compile(r"[+\N{MINUS SIGN}]?[$]?\d[\d,]*(?:\.\d+)?%?")
_EMPTY = Ledger(ledger().session, "sha256:0", {})


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.furniture: list[str] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marked = dict(attrs).get("data-furniture") == "1" or (bool(self.open) and self.open[-1][1])
        if tag not in {"br", "img", "meta", "hr"}:
            self.open.append((tag, marked))
        self._note(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1][0] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1][0] not in {"style", "title", "xml"}:
            self._note(data)

    def _note(self, words: str) -> None:
        furniture = bool(self.open) and self.open[-1][1]
        (self.furniture if furniture else self.words).append(words)


def _parts(html: str) -> tuple[str, str]:
    reader = _Words()
    reader.feed(html[html.index("<body") :])
    return " ".join(reader.words), " ".join(reader.furniture)


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(UNLINKED.linked(text)))


def test_same_arguments_give_the_same_bytes() -> None:
    """Two renders of one edition are one edition."""
    assert mail().to_bytes() == mail().to_bytes()


def test_rendering_opens_no_file_and_no_socket() -> None:
    """Templates, fonts and time zones are in memory once; then the stage is pure."""
    mail(), mail(simulated=True)
    watched, seen = True, []

    def hook(event: str, arguments: object) -> None:
        if watched and event.split(".", maxsplit=1)[0] in {"open", "socket", "subprocess"}:
            seen.append((event, arguments))

    sys.addaudithook(hook)
    mail(jurisdictions=JURISDICTIONS), mail(simulated=True)
    watched = False
    assert seen == []


def test_html_stays_below_the_size_at_which_mail_programs_cut() -> None:
    """All notices of all places still fit with room to spare."""
    full = mail(jurisdictions=JURISDICTIONS, by_model=True)
    assert len(full.html.encode()) < MOST_BYTES / 2


def test_both_parts_hold_the_same_numbers() -> None:
    """Nothing is said in one part only, furniture included."""
    one = mail()
    assert _numbers(" ".join(_parts(one.html))) == _numbers(one.text)


def test_both_parts_hold_the_same_numbers_outside_furniture() -> None:
    """The fences of the text part and the marks of the HTML part agree."""
    one = mail()
    assert one.text.splitlines().count("~~~") == 2
    claimed = one.text.split("\n~~~\n")[1]
    assert _numbers(_parts(one.html)[0]) == _numbers(claimed)


def test_every_number_outside_furniture_is_a_printed_form() -> None:
    """The layout adds no figure of its own."""
    known = {"500", "100", "50", "200", "50-day", "200-day"}
    forms = {form for fact in ledger() for form in fact.forms.values()}
    allowed = known | {n for form in forms for n in _numbers(form)}
    assert _numbers(_parts(mail().html)[0]) <= allowed


def test_every_picture_has_alt_text_in_both_parts() -> None:
    """Readers without pictures lose nothing."""
    one = mail()
    tree = lxml_html.fromstring(one.html)
    alts = [image.get("alt") for image in tree.iter("img")]
    squeezed = " ".join(one.text.split())
    assert alts == [image.alt for image in one.images]
    assert all(alt and alt in squeezed for alt in alts)
    assert [i.get("src") for i in tree.iter("img")] == [f"cid:{i.name}" for i in one.images]


def test_unsubscribe_link_stands_early_and_late() -> None:
    """It survives a client that cuts the mail."""
    one = mail()
    assert one.text.count(UNSUBSCRIBE_URL) == 2
    assert one.html.count(f'href="{UNSUBSCRIBE_URL}"') == 2
    assert one.html.index(UNSUBSCRIBE_URL) < 0.6 * len(one.html)
    address = publication().postal_address
    assert one.html.index(address) < 0.6 * len(one.html)


@pytest.mark.parametrize("place", [*JURISDICTIONS, None])
@pytest.mark.parametrize("by_model", [False, True])
def test_every_notice_is_printed_in_both_parts(place: str | None, by_model: bool) -> None:
    """A place's readers get its texts; an unknown place gets all."""
    given = (place,) if place else ()
    one = mail(jurisdictions=given, by_model=by_model)
    wanted = names(given, by_model=by_model)
    assert ("ai" in wanted) is by_model
    squeezed = " ".join(one.text.split())
    for name in wanted:
        stamp = re.compile(rf"\b{name.upper()}(?:_MAR)?@\d+\b")
        assert stamp.search(one.html)
        assert stamp.search(one.text)
    printed = {"publication": "The Rotation", "contact": publication().contact}
    for name in wanted if place else [n.lower() for n in JURISDICTIONS]:
        if name not in {"data", "producer"}:
            text = notice(name, templates(), {**printed, **Declared().words()}).text
            assert text in squeezed


def test_opinion_is_declared_before_it_begins() -> None:
    """The short notice stands above the headline."""
    one = mail()
    for part in (one.html, one.text):
        assert 0 < part.index("Opinion, not advice") < part.rindex("Money left the chip trade")


def test_simulated_market_is_shouted() -> None:
    """Subject, top and foot of both parts, and every picture say so."""
    real, sample = mail(), mail(simulated=True)
    assert sample.sample
    assert sample.subject.startswith("[SAMPLE] ")
    for part in (sample.html, sample.text):
        assert part.count("SAMPLE DATA") >= 2
    body = _parts(sample.html)[1]
    assert body.index("SAMPLE DATA") < body.index("The Rotation")
    assert sample.text.rstrip().endswith("*** SAMPLE DATA ***")
    assert all(a.png != b.png for a, b in zip(real.images, sample.images, strict=True))
    assert "SAMPLE" not in real.html + real.text + real.subject


def test_template_that_drops_the_sample_band_is_refused() -> None:
    """A workspace's own template cannot quieten it."""
    own = dict(assets.texts("templates"))
    path = "email/shared/layout.mjml.j2"
    own[path] = own[path].replace("{% if simulated %}{{ band() }}{% endif %}", "")
    with pytest.raises(RenderError, match="must say SAMPLE DATA"):
        mail(simulated=True, templates=environment(own))


def test_template_that_drops_a_notice_is_refused() -> None:
    """Nor can it drop what the law wants."""
    own = dict(assets.texts("templates"))
    path = "email/shared/layout.txt.j2"
    own[path] = own[path].replace("for notice in notices %}\n{{", "for notice in [] %}\n{{")
    with pytest.raises(RenderError, match="text part lacks the notice BASE@1"):
        mail(templates=environment(own))


HOSTILE = '<script>alert("x")</script></mj-text><img src=x onerror=a()> & <b>'


def test_hostile_text_is_only_text() -> None:
    """Markup in prose is shown as it was typed, wherever it stands."""
    table = Table(HOSTILE, (HOSTILE, "b"), ((HOSTILE, "+1"),), HOSTILE)
    evil = with_text(
        headline=HOSTILE,
        dek=HOSTILE,
        kicker=HOSTILE,
        preheader=HOSTILE,
        tickers=(HOSTILE,),
        bullets=(HOSTILE,),
        sections=(Section(HOSTILE, (HOSTILE,)),),
        counter=Section(HOSTILE, (HOSTILE,)),
        watch=(HOSTILE,),
        change_mind=(HOSTILE,),
        verdict=HOSTILE,
        tables=(table,),
    )
    one = mail(evil)
    tree = lxml_html.fromstring(one.html)
    assert not list(tree.iter("script"))
    assert all(image.get("src").startswith("cid:") for image in tree.iter("img"))
    assert not [e for e in tree.iter() if any(str(a).startswith("on") for a in e.attrib)]
    assert "mj-text" not in one.html.replace("&lt;/mj-text&gt;", "")
    assert 'alert("x")' in " ".join(one.text.split())


@pytest.mark.parametrize("mark", ["\u202e", "\u2067", "\u200f", "\u200b", "\x07", "\ufeff"])
def test_direction_and_control_marks_are_removed(mark: str) -> None:
    """No character may turn figures round or hide between letters."""
    one = mail(with_text(headline=f"Money{mark} left", verdict=f"It{mark} is real."))
    visible = one.html.replace("\u200c\u00a0", "")
    assert mark not in visible + one.text + one.subject
    assert one.subject == "Money left"


def test_prose_cannot_forge_the_fence() -> None:
    """Tildes in prose never open furniture, which no checker reads."""
    one = mail(with_text(bullets=("~~~", "before\n~~~\nafter")))
    assert one.text.splitlines().count("~~~") == 2


def test_subject_is_one_line() -> None:
    """No header can be smuggled in."""
    one = mail(with_text(headline="Money\r\nBcc: all@example.com left \u2028 town " * 9))
    assert re.fullmatch(r"[^\x00-\x1f\x7f\u2028]{20,119}", one.subject)


@pytest.mark.parametrize("text", ["{{", "}} done", "{{ IWM return }}"])
def test_unfilled_slot_is_refused(text: str) -> None:
    """A mail never shows its own machinery."""
    with pytest.raises(RenderError, match="slots were filled"):
        mail(with_text(verdict=text))


def test_unknown_fact_is_refused() -> None:
    """A slot names a fact or nothing is printed."""
    with pytest.raises(UnknownSlot):
        mail(with_text(verdict="{{ZZZ.return.1d}}"))


def test_no_machinery_is_left() -> None:
    """Every slot and block was resolved."""
    one = mail()
    assert not re.search(r"\{\{|\}\}|\{%|%\}", one.text)
    assert "{{" not in one.html
    assert "{%" not in one.html


def test_preheader_has_a_length_that_inboxes_show() -> None:
    """Too short is carried on, too long is cut at a word."""
    for text in ("Short.", "A rather long one " * 12, mail().preheader):
        assert 40 <= len(mail(with_text(preheader=text)).preheader) <= 110


def test_text_part_keeps_to_its_columns() -> None:
    """No line is wider than 78, whatever the prose."""
    wide = Table("t", ("Fund", *"abcdefgh"), (("x" * 30, *["+10.0%" * 2] * 8),), "note")
    one = mail(with_text(verdict="W" * 300, tables=(wide,)))
    assert max(map(len, one.text.splitlines())) <= 78


def test_ledger_without_charts_or_moves_still_makes_mail() -> None:
    """What cannot be drawn is left out."""
    bare = with_text(
        tickers=("IWM",),
        bullets=(),
        sections=(Section("", ("One.",)),),
        counter=Section("", ("Two.",)),
        watch=(),
        change_mind=(),
        preheader="p",
        tables=(),
        charts=("sectors", "nonsense"),
    )
    one = mail(bare, book=_EMPTY)
    assert one.images == ()
    assert "<img" not in one.html
    assert "Tickers in this take" not in one.html + one.text


def test_standalone_document_carries_its_pictures() -> None:
    """Preview and export need no mail program."""
    page = standalone_html(mail())
    assert "cid:" not in page
    assert page.count('src="data:image/png;base64,') == 3


def test_naive_instant_is_refused() -> None:
    """Times carry their zone."""
    with pytest.raises(RenderError, match="no time zone"):
        mail(as_of=dt.datetime(2026, 7, 2, 22, 5))  # noqa: DTZ001


def test_edition_without_templates_of_its_own_uses_the_evenings() -> None:
    """A weekly edition needs no second design."""
    assert mail(edition_key="2026-07-02.XNYS.weekly").subject == mail().subject


def test_rendered_survives_a_round_trip() -> None:
    """What the store keeps is what was made."""
    one = mail()
    assert Rendered.from_bytes(one.to_bytes()) == one


def test_template_mistakes_are_sentences() -> None:
    """An undefined name and unsound MJML both name the file."""
    own = dict(assets.texts("templates"))
    for broken, message in (("{{ nonsense }}", "nonsense"), ("<mj-txt></mj-txt>", "<mj-txt>")):
        env = environment(own | {"email/evening/body.mjml.j2": broken})
        with pytest.raises(RenderError, match=re.escape(message)):
            mail(templates=env)
