"""Whatever is answered: config.yaml loads and holds exactly that, or the answer is refused."""

import re

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lengths import length

from newsletter import assets
from newsletter.cli.answers import Answers, Server, loaded, written
from newsletter.cli.questions import one_line
from newsletter.errors import ConfigError

SHIPPED = assets.find("config.yaml").read_text(encoding="utf-8")
HOSTILE = (
    "a: b", "x # y", "- z", "{{IWM}}", "'", '"', "\\", "yes", "null", "1e3", "0x1f", "2026-11-20",
    "~", "*a", "&a", "!!python/object:os.system", "%TAG", "@", "`", "[", "{", "| x", "> x", "? x",
    "…", "Ä 🎈 ß", "\u202e", "\ufeff", "\u00a0", "=", "<<", "...", "---", "a\tb", "a:",
    ":a", "\x85",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60),
)


def held(text):
    """The file as a parser of YAML that is not the product's reads it."""
    return yaml.load(text, Loader=yaml.SafeLoader)


def comments(text):
    """Every comment that is not a line's own value."""
    return [line.partition("#")[2] for line in text.splitlines() if line.lstrip().startswith("#")]


@settings(max_examples=length(12, 1_000))
@given(name=TEXTS, publisher=TEXTS, sender=TEXTS)
def test_any_text_is_held_exactly(name, publisher, sender):
    text = written(SHIPPED, Answers(name=name, publisher=publisher, from_name=sender))
    found = held(text)
    assert found["publication"]["name"] == name
    assert found["publication"]["publisher"] == publisher
    assert found["senders"]["mailbox"]["from_name"] == sender
    assert comments(text) == comments(SHIPPED)
    found["publication"] |= {"name": "The Rotation", "publisher": "Example Publishing LLC"}
    found["senders"]["mailbox"]["from_name"] = "The Rotation"
    assert found == held(SHIPPED), "nothing else has changed"
    assert loaded(text).publication.name == name


@settings(max_examples=length(12, 1_000))
@given(host=TEXTS, user=TEXTS, model=TEXTS, port=st.integers(1, 65535))
def test_a_server_and_a_model_are_held_exactly(host, user, model, port):
    server = Server(host, port, "tls", user)
    found = held(written(SHIPPED, Answers(server=server, model=model, model_url="")))
    added = found["senders"]["smtp"]
    assert (added["host"], added["username"], added["port"]) == (host, user, port)
    assert found["editions"]["evening"]["sender"] == "smtp"
    assert (found["model"]["writer"], found["model"]["name"]) == ("model", model)


@example("\ud800")
@given(st.text(max_size=40))
def test_an_answer_is_one_line_or_refused(text):
    control = any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text)
    broken = {"\u2028", "\u2029", "\ud800"}
    if control or broken & set(text):
        with pytest.raises(ConfigError, match="one line"):
            one_line(text)
    else:
        assert one_line(text) == text.strip()


def test_nothing_answered_is_the_shipped_file():
    assert written(SHIPPED, Answers()) == SHIPPED


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"name": ""}, "publication.name"),
        ({"postal_address": "short"}, "publication.postal_address"),
        ({"zone": "Mars/Olympus"}, "publication.time_zone"),
        ({"from_address": "nobody"}, "from_address"),
        ({"base_url": "gopher://x"}, "publication.base_url"),
        ({"jurisdictions": ("XX",)}, "jurisdictions"),
        ({"jurisdictions": ()}, "jurisdictions"),
        ({"model": "m", "model_url": "http://example.com/v1"}, "https://"),
        ({"server": Server("mail.example.com", 25, "none")}, "unencrypted"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(wrong, key):
    with pytest.raises(ConfigError) as caught:
        loaded(written(SHIPPED, Answers(**wrong)))
    sentence = str(caught.value)
    assert key in sentence
    assert "\n" not in sentence
    assert not re.search(r"/(tmp|dev)/", sentence), "it names a file that nobody knows"
