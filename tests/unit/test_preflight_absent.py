"""Topics that a ledger of prices knows nothing of."""

import pytest
from states_support import LEDGER, fact, judged, verdicts

from newsletter.compute.facts import Ledger, index_facts
from newsletter.preflight.phrases.topics import TOPICS
from newsletter.preflight.report import Verdict
from newsletter.units import Unit

KINDS = frozenset({"absent"})

STATED = (
    "The semiconductor funds saw inflows over five sessions.",
    "Investors pulled money from technology.",
    "The put-call ratio climbed.",
    "Short interest in the small-cap fund has risen.",
    "Short sellers have added to their bets.",
    "Hedge funds have added to their longs.",
    "Margin debt is at a peak.",
    "A survey of fund managers shows optimism.",
    "Consumer confidence improved in June.",
    "Insiders have been buying.",
    "Amazon announced a buyback.",
    "Apple beat estimates.",
    "Small-cap earnings estimates have been trimmed.",
    "Guidance has been cut.",
    "Strategists see another leg up.",
    "The year-end target was raised.",
    "Futures price in two cuts.",
    "Trading volume was heavy.",
    "The gains came on light volume.",
    "GDP grew in the second quarter.",
    "Shares rallied on hopes of a ceasefire.",
    "Oil jumped on news of sanctions.",
    "Nvidia unveiled a new chip.",
    "Mid-sized companies, it turned out, did better today than small or large ones.",
)
FREE = (
    "We would watch flows into small caps.",
    "Money went to hospitals, power companies and soap.",
    "Money left the chip trade today.",
    "No news is not good news.",
    "If volume was heavy, we would think again.",
    "Did investors pull money from technology?",
    "We have no data on inflows and claim none.",
    "The case is short on evidence.",
    "A rally with that many passengers is hard to call narrow.",
    "What short sellers buying back do is another matter.",
    "The market's volatility has a price.",
)


@pytest.mark.parametrize("text", STATED)
def test_a_topic_without_a_fact_is_unsupported(text: str) -> None:
    assert verdicts(text, KINDS) == {Verdict.UNSUPPORTED}


@pytest.mark.parametrize("text", FREE)
def test_views_wishes_and_metaphors_are_free(text: str) -> None:
    assert verdicts(text, KINDS) == set()


def test_a_flow_that_is_known_is_judged_by_its_sign() -> None:
    assert verdicts("The small-cap fund saw inflows over the week.", KINDS) == {Verdict.PROVED}
    told = verdicts("The small-cap fund saw outflows over the week.", KINDS)
    assert told == {Verdict.CONTRADICTED}


def test_a_cited_fact_opens_its_topic_and_no_other() -> None:
    cited = fact("fund_flows.cited", "4", Unit.PERCENT, "flows", "cited")
    ledger = Ledger(LEDGER.session, LEDGER.snapshot, index_facts([*LEDGER, cited]))
    flows, volume = "Semiconductor funds saw outflows.", "Trading volume was heavy."
    assert not judged(flows, KINDS, ledger)
    assert [c.verdict for c in judged(volume, KINDS, ledger)] == [Verdict.UNSUPPORTED]


@pytest.mark.parametrize("text", STATED)
def test_a_statement_belongs_to_a_topic_or_to_a_stranger(text: str) -> None:
    assert text.startswith("Mid-sized") or any(topic.said.search(text) for topic in TOPICS)
