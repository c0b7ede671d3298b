"""Happenings: what is told of the world beside a proved move, and that no fact knows of.

``Copper put on 1.6% after a walkout idled a large Chilean mine``: the figure is proved, the
walkout is not, and a reader takes it for the reason. A clause that tells of something done,
names nobody of the ledger and holds no claim is refused; who is said to say so another rule asks.
"""

import re
from collections.abc import Iterator, Sequence

from newsletter.patterns import compiled
from newsletter.preflight.nets import trial
from newsletter.preflight.nets.leftover_words import STATED
from newsletter.preflight.nets.trial import Refusal, Stated
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.text.passages import HEDGED, sourced
from newsletter.preflight.who.strangers import known

ADVICE = "no fact tells of this; add one with its source, or take it out"
_CASE = re.IGNORECASE
_LEADS = quick(
    r"(?<![\w-])(?:after|as|once|(?<!the )following|since|because|when|with|despite|in spite of"
    r"|on (?:news|word)(?: that)?)"
    r"(?![\w-])|(?<![\w-])on(?= (?:an?|its|their|the|fresh|new) )",
    _CASE,
)
"""What leads up to a reason, or to what happened at the same time."""
_PAST = (
    r"(?!need|inde|speed|feed|seed|hundred|unchanged|mixed|crowded|united|limited|combined"
    r"|weighted|adjusted|reinvested)[a-z]{2,}ed|won|said|cut|hit|met|told|took|gave|made|struck"
    r"|bought|sold|held|set|saw|found|came|went|put|got|let|beat|broke|brought|built|chose|drew"
    r"|drove|felt|fought|froze|heard|kept|knew|laid|left|lent|paid|quit|ran|sent|shook|shut"
    r"|spoke|spent|stole|swore|threw|warned|withdrew|wrote"
)
_DOING = (
    r"(?:recall|announc|report|nam|launch|sell|buy|rais|cutt|warn|unveil|sign|agree|complet"
    r"|confirm|deny|dismiss|appoint|hir|expand|shutt|settl|su|slash|post|guid|forecast|boost"
    r"|restor|suspend|resum|delay|nurs|brush|shrugg|show|swell|miss|pil|strik|draw|attract"
    r"|lur|suck|soak|hoover|absorb|gather)ing"
)
_DONE = compiled(
    rf"[\w'’)] (?:\w+ly )?(?:{_PAST}|had|{_DOING}|coming|to come|looming|due|in the (?:air|wings))"
    r"(?![\w-])",
    _CASE,
)
"""What somebody did, behind whoever did it."""
_DID = compiled(
    r" (?!(?:some|no|any|every)thing|(?:even|morn)ing|according|including|excluding|allowing"
    r"|taking|counting)\w+ing\b",
    _CASE,
)
"""The same, right behind what leads up to it: ``since announcing a stake``."""
_ASIDES = quick(
    rf", (?:which|who)(?: ha[sd])?(?: just| also| now| since| recently| only)? (?:{_PAST})(?![\w-])"
    rf"|, whose [\w '’-]{{1,30}}? (?:was|were|is|are|has|had|have|{_PAST})(?![\w-])"
    r"|, for which(?![\w-])|, an? [^,.;:]{3,60} (?:notwithstanding|aside)(?![\w-])"
    rf"|, {_DOING}(?![\w-])|(?<![\w-])(?:having (?:{_PAST})|said to (?:be|have))(?![\w-])"
    r"|(?<![\w-])(?:undeterred|emboldened|enriched|chastened|fortified|wrong-footed|unmoved|unfazed|untroubled|helped|hurt|buoyed|spooked|cheered"
    r"|rattled|lifted|dragged|boosted|hit|stung|bruised|encouraged|underpinned|propped up|aided"
    r"|hampered|dogged|soothed|unsettled) by(?![\w-])"
    r"|, (?:the |its |their )?(?:[\w'’-]+ ){1,4}?(?:being|still \w+ing|(?:coming|buying|selling"
    r"|bidding)"
    r" \w+|to the fore|in the van|prominent|to blame)(?![\w-])"
    r"|, (?:an?|the) (?:line|level|price|mark|figure|sum|name|favourite|ceiling|floor|print|number)"
    r" (?:(?:that|which) )?(?:(?!it\b|they\b)[\w'’-]+ ){1,4}?(?:had|have|has|were"
    r"|was)(?! not)(?![\w-])"
    r"|, which (?:the )?(?!have|has|had|is|are|was|were|it|they|we|you)(?:[\w-]+ ){1,3}"
    r"(?:have|has|had) (?:\w+ )?(?=[a-z]+)"
    r"|, where(?= the )|, long an? (?=[a-z])|, (?:which|who) nobody(?![\w-])"
    r"|(?:,|—|–|;) and (?:[\w-]+ ){1,2}(?:have|has|had) (?:noticed|taken note|been told|said so)"
    r"|, an? [a-z]+ [^,.;:]{3,40} and all(?![\w-])"
    r"|, (?:freshly|newly|recently|just) [a-z]+(?:ed|en)(?![\w-])"
    r"|(?<![\w-])(?:puts?|putting|chalk(?:ed|s)|pinn(?:ed|s)|blam(?:ed|es|ing)|credit(?:ed|s|ing))"
    r" (?:it|this|that) (?:down |up )?(?:to|on|for|with)(?![\w-])"
    r"|(?<![\w-])(?:had|were|was|been|than|as|analysts|economists|strategists|forecasters)"
    r" (?:had |were |was )?(?:expected|forecast|predicted|pencilled in|feared|hoped"
    r"|polled)(?![\w-])"
    r"|(?<![\w-])(?:heav(?:y|ier)|thin(?:ner)?|light|brisk|sluggish|bus(?:y|ier)|frantic|muted"
    r"|frenzied) (?:trading|volumes?|turnover|dealings?)(?![\w-])"
    r"|(?<![\w-])(?:trading|volumes?|turnover)(?= (?:[\w-]+ ){0,4}(?:normal|usual|average|busy"
    r"|busier|heavier|lighter|thinner)\b)",
    _CASE,
)
"""What somebody has done or suffered, told in passing."""
_EVENT = compiled(
    r" (?:an? |the |its |their |last |this )?(?:[\w-]+ ){0,4}(?:auctions?|statement|speech|meeting"
    r"|testimony|decision|ruling|verdict|downgrades?|upgrades?|announcements?|deal|merger|takeover"
    r"|strike|walkout|outage|storm|hurricane|attack|election|vote|summit|truce|guidance|inquiry"
    r"|probe|lawsuit|recall|reports?|data|results|orders?|contracts?|bids?|offers?|stake|approval"
    r"|sales|figures|talks|sanctions|tariffs|comments|remarks)\b",
    _CASE,
)
"""What happened, behind ``after``, ``following`` or ``with``, with no verb of its own."""
_IDLE = compiled(
    r" the latest\b| (?:the |this |that |another |each |every )?(?:[\w-]+ ){0,2}(?:session|day|week"
    r"|month|quarter|year|half|evening|afternoon|morning|night|bell|trading|dust|smoke|clock|calendar"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?!['’]s)|(?:Mon|Tues|Wednes|Thurs|Fri)day|tonight|things|dividends?|coupons?"
    r"|it (?:stands|did|does|was|is|has|happens)|usual|ever|such|well|if|though|we|you)\b",
    _CASE,
)
"""What tells when, or how it is counted."""
_MARKET = compiled(
    r"\b(?:stocks?|shares|equities|sectors?|index|indices|market|markets|funds?|giants|members"
    r"|bonds|small caps|large caps|rivals|others|everything|nothing|rest|peers|breadth|averages?"
    r"|curve|yields?|rates?|volatility|signals?|ratios?|gauges?|names|styles|advancers|decliners"
    r"|records?|everybody|everyone|nobody|no one|money|tape|margin|lead|gap|difference"
    r"|rall(?:y|ies)|sell-?offs?)\b",
    _CASE,
)
_END = compiled(r"[,;:.!?()—–]|\s(?:while|but|whereas|though|although)\b", _CASE)


def happenings(sentence: Sentence, stated: Sequence[Stated]) -> Iterator[Refusal]:
    """Yield clauses that tell of something done outside the market, with advice.

    Parameters
    ----------
    sentence : Sentence
        A sentence.
    stated : sequence of Stated
        Its claims; none of them blocks.
    """
    leads, asides = sentence.find(_LEADS), sentence.find(_ASIDES)
    if not (leads or asides) or not trial.proved(stated):
        return
    said = sentence.text[sentence.start : sentence.end]
    if HEDGED.search(said) or sourced(said):
        return
    for match in (*leads, *asides):
        end = _END.search(sentence.text, match.end(), sentence.end)
        stop = end.start() if end else sentence.end
        if match in leads and not _told(sentence.text, match, stop):
            continue
        # Who it is said of stands in front: ``Apple and Alphabet being the holdouts``.
        start = match.start() if match[0].endswith("being") else match.end()
        if _outside(sentence, start, stop, stated) and not clause.supposed(sentence, match.start()):
            yield match.start(), stop, ADVICE


def _told(text: str, match: re.Match[str], stop: int) -> bool:
    """Tell whether a clause tells of something done, or of an event."""
    start = match.end()
    if _EVENT.match(text, start, stop):
        return True
    if match[0].lower() == "on":
        return False  # "on a day when every other giant rose"
    if match[0].lower() not in {"as", "once", "when", "because"} and _DID.match(text, start, stop):
        return True
    return _DONE.search(text, start, stop) is not None


def _outside(sentence: Sentence, start: int, stop: int, stated: Sequence[Stated]) -> bool:
    """Tell whether a clause speaks of nobody of the ledger and holds no claim."""
    text = sentence.text
    if _IDLE.match(text, start, stop) or _MARKET.search(text, start, stop):
        return False
    if any(start <= one.start < stop for one in stated if one.kind not in trial.TIMES):
        return False
    inside = [m for m in sentence.named if start <= m.start < stop]
    if any(known(m.subjects) for m in inside):
        return False
    # A move is for other nets, which ask whose it is.
    return bool(inside) or not (
        STATED.search(text, start, stop) or lexicon.MOVE.search(text, start, stop)
    )
