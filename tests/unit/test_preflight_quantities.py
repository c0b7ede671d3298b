"""Of how many of a group something is said, and whether it is so."""

import pytest
from states_support import verdicts

from newsletter.preflight.phrases.quantifiers import Quantity
from newsletter.preflight.report import Verdict

KINDS = frozenset({"quantity"})

TRUE = (
    "Apple gains on a day when three in four stocks rise.",
    "Nine of the eleven sectors rose.",
    "All but two of the sectors rose.",
    "All sectors but technology and discretionary gained ground.",
    "Every sector rose, with the exception of technology and consumer discretionary.",
    "Only two sectors fell: technology and consumer discretionary.",
    "Technology and consumer discretionary were the only sectors to fall.",
    "Most of the giants lost ground today.",
    "Two of the seven giants rose, Apple and Microsoft.",
    "Of the Magnificent Seven, only Apple and Microsoft rose.",
    "Apple and Microsoft rose; the other five fell.",
    "Most stocks rose tonight.",
    "Three in four stocks advanced.",
    "More stocks rose than fell.",
    "Advancers outnumbered decliners by more than three to one.",
    "Not one stock made a new low.",
    "New highs outnumbered new lows.",
    "Two thirds of the members stand above their 50-day average.",
    "Fewer than half of all stocks are above their 200-day average.",
    "None of the defensives fell.",
    "Not every sector rose.",
    "Financials and communication services are the only sectors up this year.",
    "Neither Amazon nor Tesla rose.",
    "All but Apple and Nvidia among the giants are down this year.",
    "Losses for five of the seven giants.",
    "Only technology is below its 50-day average among the sectors.",
)
FALSE = (
    "Apple gains on a day when one in four stocks rises.",
    "Eight of the eleven sectors rose.",
    "All but one of the sectors rose.",
    "All sectors but technology and energy gained ground.",
    "Every sector rose, with the exception of technology.",
    "Only two sectors fell: technology and energy.",
    "Technology and energy were the only sectors to fall.",
    "Most of the giants gained ground today.",
    "Two of the seven giants rose, Apple and Nvidia.",
    "Of the Magnificent Seven, only Apple and Tesla rose.",
    "Apple and Microsoft rose; the other four fell.",
    "Most stocks fell tonight.",
    "One in four stocks advanced.",
    "More stocks fell than rose.",
    "Decliners outnumbered advancers.",
    "Not one stock made a new high.",
    "New lows outnumbered new highs.",
    "A third of the members stand above their 50-day average.",
    "More than half of all stocks are above their 200-day average.",
    "All eleven sectors rose.",
    "Not a single sector fell.",
    "Financials and energy are the only sectors up this year.",
    "Neither Amazon nor Apple rose.",
    "All but Apple and Meta among the giants are down this year.",
    "Losses for four of the seven giants.",
    "Only energy is below its 50-day average among the sectors.",
    "Most small caps fell.",
    "Most stocks have fallen this year.",
)
FREE = (
    "If every sector falls tomorrow we shall think again.",
    "When every sector rises, everyone is right.",
    "All of this is opinion.",
    "Every sector has its story.",
    "Most of what is written about markets pretends otherwise.",
    "Shelter neither gained nor lost enough to mean much.",
    "Neither side can claim the evening.",
    "The S&P 500 members are large companies.",
    "Since 2000 stocks have done much.",
    "The few did better than the many.",
)


@pytest.mark.parametrize("text", TRUE)
def test_a_true_count_is_proved(text: str) -> None:
    assert verdicts(text, KINDS) == {Verdict.PROVED}


@pytest.mark.parametrize("text", FALSE)
def test_a_false_or_unknown_count_is_not(text: str) -> None:
    assert verdicts(text, KINDS) & {Verdict.CONTRADICTED, Verdict.UNSUPPORTED}


@pytest.mark.parametrize("text", FREE)
def test_what_counts_nothing_is_left_alone(text: str) -> None:
    assert verdicts(text, KINDS) == set()


@pytest.mark.parametrize("group", ["sectors", "giants"])
@pytest.mark.parametrize("many", ["Most of the", "All of the", "None of the", "Two of the"])
@pytest.mark.parametrize(("verb", "denied"), [("rose", "did not rise"), ("fell", "did not fall")])
def test_a_count_and_its_denial_are_never_both_true(
    group: str, many: str, verb: str, denied: str
) -> None:
    told = [verdicts(f"{many} {group} {one} today.", KINDS) for one in (verb, denied)]
    assert all(len(one) == 1 for one in told)
    assert {Verdict.PROVED} != told[0] or {Verdict.PROVED} != told[1]


@pytest.mark.parametrize("n", [4, 7, 11])
def test_the_words_partition_what_can_be(n: int) -> None:
    for k in range(n + 1):
        assert Quantity("all").holds(k, n) != Quantity("notall").holds(k, n)
        assert not (Quantity("most").holds(k, n) and Quantity("minority").holds(k, n))
        assert [m for m in range(n + 1) if Quantity("count", m).holds(k, n)] == [k]
        assert Quantity("allbut", 2).holds(k, n) == Quantity("count", n - 2).holds(k, n)
