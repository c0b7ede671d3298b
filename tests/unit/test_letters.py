"""Letters: what each must say, what hostile words cannot do, and what a correction proves."""

import datetime as dt
import email
import email.policy
import io
import re
from html import unescape

import pytest
from hostile_support import ATTACKS
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from PIL import Image as Pillow
from render_support import KEY, ledger, publication, templates
from send_support import SENDER, reader, signer

from newsletter.errors import DraftError, RenderError, SendError, SendRefused, UnknownSlot
from newsletter.preflight.check import check_mail
from newsletter.preflight.report import Finding, Severity, Span, Verdict
from newsletter.render.clean import clean, shortened
from newsletter.render.colours import CONTRAST, contrast, palette
from newsletter.render.letters import LETTERS, MOST_BYTES, Letter, letter
from newsletter.render.letters_samples import samples
from newsletter.render.letters_words import MOST_FINDINGS, greeting_name, summary
from newsletter.render.logo import logo
from newsletter.render.rendered import UNSUBSCRIBE_URL
from newsletter.render.standalone import standalone_html
from newsletter.send.letters import letter_message
from newsletter.send.message import FrozenMessage

SAMPLES = samples()
PERSONAL = sorted(key for key in SAMPLES if key != "correction")
SENT = dt.datetime(2026, 7, 2, 21, 45, tzinfo=dt.UTC)
SHORT_ATTACKS = sorted(words for words in ATTACKS.values() if len(words) < 5000)
WORDS = st.one_of(st.text(st.characters(), max_size=300), st.sampled_from(SHORT_ATTACKS))


def made(key: str, /, **changes: object) -> Letter:
    """Lay out a sample with words replaced."""
    return letter(key.partition(".")[0], publication(), templates(), SAMPLES[key] | changes)


def corrected(right: str, said: str = "The small-cap fund gained 2.4% on the week.") -> Letter:
    """Lay out a correction of one sentence from the hand-made ledger."""
    point = {"said": said, "right": right}
    return made("correction", ledger=ledger(), points=(point,), headline="Who leads now?")


def page_words(html: str) -> str:
    """Return what a reader of the HTML sees, the hidden preview line left out."""
    tree = lxml_html.fromstring(html)
    for hidden in tree.xpath("//style|//title|//body/div[1][contains(@style,'display:none')]"):
        hidden.drop_tree()
    return " ".join(tree.text_content().split())


def links(html: str) -> set[str]:
    return {unescape(link) for link in re.findall(r'href="([^"]*)"', html)}


def unspaced(text: str) -> str:
    """Return text without white space, which lines are broken at."""
    return "".join(text.split())


def spoken(text: str) -> str:
    """Return plain text with its rules, bullets and quotation marks taken away."""
    return " ".join(re.sub(r"(?m)^(?:[-=]{3,}|~~~|[*>] )", "", text).split())


@pytest.mark.parametrize("key", SAMPLES)
def test_both_parts_say_the_same(key: str) -> None:
    """Every word of a value, every figure and every link stands in HTML and text."""
    one = made(key)
    html, text = page_words(one.html), spoken(one.text)
    for name, value in SAMPLES[key].items():
        if isinstance(value, str) and name != "variant" and not value.startswith("https"):
            shown = value if "{{" not in value else ""
            assert shown in html
            assert shown in text
    assert links(one.html) == {
        link if "@" not in link else f"mailto:{link}"
        for link in re.findall(r"https://[^\s]+|\S+@example\.com$", one.text, re.MULTILINE)
    }
    bare = re.compile(r"https://\S+")
    figures = [set(re.findall(r"\d+(?:[.,:]\d+)*%?", bare.sub("", part))) for part in (html, text)]
    assert figures[0] == figures[1]


@pytest.mark.parametrize("key", SAMPLES)
def test_a_letter_names_its_sender_and_why_it_came(key: str) -> None:
    one = made(key)
    for part in (page_words(one.html), spoken(one.text)):
        for words in (publication().publisher, publication().postal_address, publication().contact):
            assert words in part
        assert "You get this" in part
    assert len(one.html.encode()) <= MOST_BYTES
    assert max(len(line) for line in one.text.splitlines() if " " in line) <= 78
    assert 20 <= len(one.preheader) <= 110


@pytest.mark.parametrize(
    ("key", "leaves"),
    [
        ("confirm", False), ("notice", False), ("unsubscribed", False), ("welcome", True),
        ("correction", True),
    ],
)  # fmt: skip
def test_only_who_is_on_a_list_is_offered_to_leave_it(key: str, leaves: bool) -> None:
    one = made(key)
    wanted = {"welcome": SAMPLES["welcome"]["unsubscribe"], "correction": UNSUBSCRIBE_URL}.get(key)
    assert any("/u/" in link or link == UNSUBSCRIBE_URL for link in links(one.html)) is leaves
    assert wanted is None or wanted in one.text
    assert (UNSUBSCRIBE_URL in one.html) is one.to_a_list is (key == "correction")


def test_the_button_is_whole_in_outlook() -> None:
    """Word draws no padding on links: the cell carries colour and, for Word alone, padding."""
    html = made("confirm").html
    cell = lxml_html.fromstring(html).xpath("//td[@class='button']")[0]
    assert "background-color:#" in cell.get("style")
    assert not cell.get("bgcolor")  # with styles stripped the link is blue: on nothing else
    assert "mso-" not in cell.get("style")
    word = re.search(r'<!--\[if mso\]><td class="button" style="([^"]*)"><!\[endif\]-->', html)
    assert word is not None
    assert "mso-padding-alt:" in word[1]
    assert cell.xpath("./a")[0].get("href") == SAMPLES["confirm"]["link"]


def test_times_are_printed_in_the_publications_zone() -> None:
    """13:12 in Greenwich is 09:12 in New York in July."""
    assert "2 July 2026, 09:12 EDT" in spoken(made("confirm").text)


def test_a_notice_tells_the_gravest_findings_once() -> None:
    """The same sentence in two parts is one matter; what is left out is counted."""
    spans = [Finding("P03", Severity.INFO, Span(0, 1), f"Remark {n}.", "html") for n in range(7)]
    spans += [
        Finding("N01", Severity.BLOCK, Span(0, 1), "Wrong.", part) for part in ("html", "text")
    ]
    told = summary(spans)
    assert told.counts == "1 that blocks, 7 remarks"
    assert told.first[0] == ("Blocks", "N01", "Wrong.")
    assert (len(told.first), told.more) == (MOST_FINDINGS, 3)
    assert "And 3 more at the desk." in made("notice.blocked", findings=spans).text


@pytest.mark.parametrize(("changes", "said"), [
    ({"link": "http://news.example.com/c/x"}, "link"),
    ({"link": "javascript:alert(1)"}, "link"),
    ({"link": "https://a@evil.example/x"}, "link"),
    ({"link": "https://news.example.com/x y"}, "link"),
    ({"link": 'https://news.example.com/"><b>'}, "link"),
    ({"link": "https://news.example.com/\nBcc: x"}, "link"),
    ({"asked": dt.datetime(2026, 7, 2)}, "asked"),  # noqa: DTZ001 - naive on purpose
    ({"what": " \u200b "}, "what"),
    ({"lnik": "https://x.example"}, "lnik"),
    ({"address": None}, "address"),
])  # fmt: skip
def test_unfit_words_are_one_sentence(changes: dict[str, object], said: str) -> None:
    with pytest.raises(RenderError, match=rf"^The letter confirm .*{said}.*\.$"):
        made("confirm", **changes)


@pytest.mark.parametrize("name", LETTERS)
def test_missing_words_and_unknown_letters_are_named(name: str) -> None:
    with pytest.raises(RenderError, match=f"The letter {name} needs the word"):
        letter(name, publication(), templates(), {})
    with pytest.raises(RenderError, match=r"no letter 'wlecome'.*welcome"):
        letter("wlecome", publication(), templates(), {})


def test_this_machine_may_be_linked_in_trials() -> None:
    assert "http://127.0.0.1:8025/c/x" in made("confirm", link="http://127.0.0.1:8025/c/x").text


@pytest.mark.parametrize("given_name", [
    "Win 1000 at evil.example", "http://evil.example", "evil\uff0eexample", "evil\u3002example",
    "a@b.example", "call 555123456", "\u202e\u200b", "...", "win:now", "evil/x",
])  # fmt: skip
def test_a_name_that_advertises_is_not_printed(given_name: str) -> None:
    """Anybody can type a stranger's address into a form, and this for the name."""
    assert greeting_name(given_name) == ""
    assert "Hello" not in made("confirm", name=given_name).text


@pytest.mark.parametrize("given_name", ["Ada", "Dr. J.R.R. Tolkien", "O'Neil-Müller", "孫悟空",
                                        "דנה", "Ada 🙂"])  # fmt: skip
def test_a_name_is_greeted(given_name: str) -> None:
    one = made("confirm", name=given_name)
    assert f"Hello {given_name}," in one.text
    assert f"Hello {given_name}," in page_words(one.html)


def _unharmed(one: Letter, like: Letter) -> None:
    tree = lxml_html.fromstring(one.html)
    assert links(one.html) == links(like.html)
    assert not tree.xpath("//script|//iframe|//img|//form|//object")
    assert not [name for tag in tree.iter("*") for name in tag.attrib if name.startswith("on")]
    assert one.text.count("\n~~~\n") == like.text.count("\n~~~\n") == 2
    for line in (one.subject, one.preheader, *one.text.replace("\n~~~\n", "\n").splitlines()):
        assert line == line.rstrip()
        assert clean(line) == " ".join(line.split())


FIELDS = [
    ("confirm", "name"), ("confirm", "address"), ("confirm", "what"),
    ("welcome", "latest_headline"), ("notice", "headline"), ("notice", "dek"),
    ("notice", "state"), ("notice.failed", "reason"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "field"), FIELDS)
@given(words=WORDS)
@example(words='"><img src=x onerror=1>{{ x }}&amp;&#0;]]>--><!--')
@example(words="Ada\r\nBcc: everybody@example.com")
@example(words="\u202eevil\u202c שלום \u2067x")
@settings(max_examples=12, deadline=None)
def test_hostile_words_steer_nothing(key: str, field: str, words: str) -> None:
    """They are printed as text; only words of which nothing can be printed are refused."""
    like = made(key)
    try:
        one = made(key, **{field: words})
    except RenderError:
        assert not clean(words)
        return
    _unharmed(one, like)
    shown = greeting_name(words) if field == "name" else re.sub(r"\{(?=[{%])", "{ ", clean(words))
    for part in (page_words(one.html), one.text):
        assert unspaced(shortened(shown, 2000)) in unspaced(part)


def test_a_finding_may_quote_machinery() -> None:
    """Of a slot that was left over, editors must hear."""
    left = Finding("S01", Severity.BLOCK, Span(0, 1), "The slot {{IWM.return.9d}} is not filled.")
    assert "{ {IWM.return.9d}} is not filled" in spoken(made("notice", findings=(left,)).text)


def test_a_findings_message_is_text() -> None:
    hostile = Finding("N01", Severity.BLOCK, Span(0, 1), "<img src=x onerror=1>\r\nBcc: x\u202e")
    one = made("notice", findings=(hostile,))
    _unharmed(one, made("notice"))
    assert "&lt;img src=x onerror=1&gt; Bcc: x" in one.html


def test_a_language_from_right_to_left_turns_the_letter() -> None:
    one = letter("confirm", publication(), templates(), SAMPLES["confirm"], language="he")
    tree = lxml_html.fromstring(one.html)
    assert (tree.get("lang"), tree.get("dir")) == ("he", "rtl")
    assert tree.xpath("//h1/ancestor::div[@dir='rtl']")  # MJML sets sections to ltr in between
    assert tree.xpath("//h1/ancestor::div[1]/@dir") == ["rtl"]


def test_the_logo_stands_for_the_name() -> None:
    data = io.BytesIO()
    Pillow.new("RGB", (200, 40), "#14213d").save(data, "PNG")
    picture = logo(data.getvalue(), 36, "The Rotation", "logo.png")
    one = letter("confirm", publication(), templates(), SAMPLES["confirm"], logo=picture)
    (image,) = lxml_html.fromstring(one.html).xpath("//img")
    assert (image.get("src"), image.get("alt")) == ("cid:logo", "The Rotation")
    raw = letter_message(one, SENDER, "ada@example.com", signer(), SENT).data
    kinds = [part.get_content_type() for part in email.message_from_bytes(raw).walk()]
    assert kinds[-2:] == ["text/html", "image/png"]


def claims(one: Letter) -> dict[tuple[str, str], tuple[str, str]]:
    report = check_mail(one.subject, one.preheader, one.html, one.text, ledger())
    return {(c.part, c.text): (c.verdict.value, c.fact) for c in report.claims}


def test_the_right_sentence_is_proved_in_every_part() -> None:
    found = claims(corrected("The small-cap fund fell {{IWM.return.5d}} on the week."))
    for part in ("preheader", "html", "text"):
        assert found[part, "0.4%"] == (Verdict.PROVED, "IWM.return.5d")
    assert found["subject", "2 July 2026"][0] == Verdict.PROVED


def test_a_wrong_right_sentence_is_contradicted() -> None:
    """A figure typed instead of a slot does not get past preflight."""
    found = claims(corrected("The small-cap fund fell 3.1% on the week."))
    for part in ("preheader", "html", "text"):
        assert found[part, "3.1%"] == (Verdict.CONTRADICTED, "IWM.return.5d")


def test_what_was_wrong_is_marked_as_a_quotation_and_still_read() -> None:
    """Without the mail that was sent, the wrong figure is contradicted even as a quotation."""
    said = "The small-cap fund gained 2.4% on the week, after months in which it had led the field."
    one = corrected("The small-cap fund fell {{IWM.return.5d}} on the week.", said)
    (quote,) = lxml_html.fromstring(one.html).xpath("//blockquote")
    assert " ".join(quote.text_content().split()) == said
    marked = [line for line in one.text.splitlines() if line.startswith("> ")]
    assert " ".join(line[2:] for line in marked) == said
    assert "2.4%" not in one.subject + one.preheader
    assert claims(one)["html", "2.4%"][0] == Verdict.CONTRADICTED


def test_a_corrections_slots_and_session_must_be_the_ledgers() -> None:
    with pytest.raises(UnknownSlot, match=r"IWM\.return\.9d"):
        corrected("It fell {{IWM.return.9d}}.")
    with pytest.raises(RenderError, match="ledger of the same session"):
        made("correction", edition="2026-07-01.XNYS.evening")
    with pytest.raises(DraftError, match="holds the address"):
        made("correction", cause="See https://evil.example for more.")
    with pytest.raises(RenderError, match="still holds"):
        corrected("It fell {{IWM return}}.")


def test_a_correction_is_delivered_as_an_edition_is() -> None:
    """Each reader gets a link of their own; a letter to a list is no personal message."""
    one = corrected("The small-cap fund fell {{IWM.return.5d}} on the week.")
    mail = FrozenMessage.of(one.rendered(), SENDER, publication(), KEY, "evening", SENT)
    message = email.message_from_bytes(mail.for_reader(reader(), signer()).data)
    assert signer().unsubscribe_url(reader(), str(KEY)) in message["List-Unsubscribe"]
    with pytest.raises(SendRefused, match="readers of a list"):
        letter_message(one, SENDER, "ada@example.com", signer(), SENT)


def test_a_simulated_correction_says_so_and_stays_here() -> None:
    one = made("correction")
    assert one.sample
    assert one.subject.startswith("[SAMPLE] ")
    assert one.text.count("SAMPLE DATA") == 2


def parsed(raw: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize("key", PERSONAL)
def test_a_personal_message_belongs_to_no_list(key: str) -> None:
    one = made(key)
    sent = letter_message(one, SENDER, "ada@example.com", signer(), SENT, name="Ada")
    message = parsed(sent.data)
    assert message["Auto-Submitted"] == "auto-generated"
    assert {"List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Precedence"}.isdisjoint(
        message
    )
    assert str(message["Subject"]) == one.subject
    assert message["To"].addresses[0].addr_spec == sent.recipient == "ada@example.com"
    assert message["Message-ID"] == f"<{sent.message_id}>"
    assert "ada@" not in sent.message_id  # but three letters may by chance
    for kind, content in (("plain", one.text), ("html", one.html)):
        body = message.get_body((kind,))
        assert body is not None
        assert body.get_payload(decode=True).decode().replace("\r\n", "\n") == content
    assert not message.defects


def test_the_same_letter_is_the_same_message() -> None:
    def message_id(to: str, at: dt.datetime) -> str:
        return letter_message(made("confirm"), SENDER, to, signer(), at).message_id

    first = message_id("ada@example.com", SENT)
    assert first == message_id("ada@example.com", SENT)
    later = SENT + dt.timedelta(seconds=1)
    assert (
        len({first, message_id("b@example.com", SENT), message_id("ada@example.com", later)}) == 3
    )


@given(headline=WORDS, name=st.text(max_size=80))
@example(headline="Stocks\r\nBcc: all@example.com", name="Ada")
@example(headline="Stocks", name="Ada\r\nBcc: all@example.com")
@settings(max_examples=25, deadline=None)
def test_no_words_make_a_header(headline: str, name: str) -> None:
    try:
        one = made("notice", headline=headline)
        raw = letter_message(one, SENDER, "ada@example.com", signer(), SENT, name=name).data
    except (RenderError, SendError):
        return
    head = raw.partition(b"\r\n\r\n")[0]
    fields = re.findall(rb"(?m)^([A-Za-z-]+):", head)
    assert fields == [b"To", b"Message-ID", b"From", b"Reply-To", b"Subject", b"Date",
                      b"Auto-Submitted", b"X-Auto-Response-Suppress", b"MIME-Version",
                      b"Content-Type"]  # fmt: skip
    assert str(parsed(raw)["Subject"]) == one.subject


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_fit_the_smallest_phone(browser, tmp_path, scheme: str) -> None:
    """Even with one unbroken word for a name and a headline."""
    page = browser.new_page(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    for key in SAMPLES:
        long = {name: "W" * 300 for name in ("name", "headline", "latest_headline", "reason")
                if name in SAMPLES[key]}  # fmt: skip
        file = tmp_path / f"{key}.html"
        file.write_text(standalone_html(made(key, **long).rendered()))
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, key
    page.close()


@pytest.mark.parametrize("accent", ["#a4551e", "#ffee88", "#000000", "#ffffff", "#3355ff"])
def test_the_button_can_be_read_whatever_the_brand(accent: str) -> None:
    """White on the accent by day, the page's black on it by night (WCAG AA)."""
    light, dark = palette("#14213d", accent, "light"), palette("#14213d", accent, "dark")
    assert contrast("#ffffff", light.accent) >= CONTRAST
    assert contrast(dark.page, dark.accent) >= CONTRAST
