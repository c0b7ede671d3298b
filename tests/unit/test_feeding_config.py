"""The order of sources in config.yaml: what may stand there, and that it is told at once."""

import pytest
from collect_support import REPO
from feed_servers import feed_server
from feed_support import KITS

from newsletter.app import House
from newsletter.collect.feeds import open_feeds
from newsletter.collect.web import Web
from newsletter.config import Providers
from newsletter.errors import ConfigError

LINE = '  history_start: "1993-01-01"\n'
FEED = "{name: Wire, url: https://wire.example.com/rss}"


def house(tmp_path, lines: str) -> House:
    text = (REPO / "config.yaml").read_text()
    assert LINE in text
    (tmp_path / "config.yaml").write_text(text.replace(LINE, LINE + lines, 1))
    return House(tmp_path / "config.yaml")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("  macro: [bloomberg]\n", "macro names 'bloomberg': there are cboe, fred, issuer, rss, y"),
        ("  macro: [fred, fred]\n", "names one source twice; a source cannot check itself"),
        ("  macro: [fred, yahoo, cboe]\n", "at most 2 items"),
        ("  holdings: [issuer]\n", "issuer.funds is empty; give an address"),
        ("  headlines: [rss]\n", "rss.feeds is empty; give an address"),
        ("  issuer: {funds: {IWM: http://a.example.com/}}\n", "of IWM must be a whole https://"),
        ("  issuer: {funds: {IWM: https://10.0.0.1/x}}\n", "of IWM must be a whole https://"),
        (f"  rss: {{feeds: [{FEED}]}}\n", "add wire.example.com to hosts"),
        ("  rss: {feeds: [{name: W, url: ftp://a.b/}], hosts: [a.b]}\n", "must be a whole https"),
        ("  web: {timeout_seconds: 0}\n", "greater than 0"),
        ("  volatilty: [cboe]\n", "did you mean 'volatility'?"),
    ],
)
def test_a_mistake_is_one_sentence_before_anything_is_collected(tmp_path, lines, told) -> None:
    with pytest.raises(ConfigError) as error:
        house(tmp_path, lines)
    message = str(error.value)
    assert told in message
    assert message.startswith(str(tmp_path))
    assert "\n" not in message


def test_a_feed_is_asked_only_for_what_it_has() -> None:
    with pytest.raises(ConfigError, match="'cboe', which is a source of volatility; name another"):
        open_feeds(Providers(macro=("cboe",)), Web())


def test_a_house_without_an_order_has_no_feeds_and_one_with_it_has_them(tmp_path) -> None:
    (tmp_path / "a").mkdir()
    assert house(tmp_path / "a", "").feeds() == {}
    lines = "  macro: [fred]\n  volatility: [cboe, yahoo]\n"
    order = house(tmp_path, lines).feeds()
    assert {field: [one and one.name for one in feeds] for field, feeds in order.items()} == {
        "macro": ["fred"], "volatility": ["cboe", None],
    }  # fmt: skip


def test_a_feed_may_have_a_licence_stated(tmp_path) -> None:
    text = (REPO / "config.yaml").read_text()
    assert "\n  licences:" in text
    before, _, after = text.partition("\n  licences:")
    text = f"{before}\n  licences:\n    cboe: licensed{after[after.index(chr(10)) :]}"
    (tmp_path / "config.yaml").write_text(text)
    assert House(tmp_path / "config.yaml").config.compliance.licensed({"cboe"}) is True


def test_the_house_collects_over_its_own_way_out(tmp_path) -> None:
    kit = KITS["fred"]
    with feed_server({kit.at: kit.page}) as server:
        opened = house(tmp_path, "  macro: [fred]\n")
        opened.web = server.web()
        (feed,) = opened.feeds()["macro"]
        assert kit.read(kit.fetch(feed.web)) == kit.holds
