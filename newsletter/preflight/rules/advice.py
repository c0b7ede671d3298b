"""Language of advice: what an impersonal publication does not say (L01 to L10).

Each family is a pattern over folded text, so look-alike letters, soft hyphens and
full-width characters do not help. Notices (the page's furniture) speak of advice in
order to disclaim it and are left out. An edition's opinions stay free: the rules forbid
telling a reader what to do and promising what will happen, not having a view.
"""

import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.report import Severity
from newsletter.preflight.rule import Fault, RuleContext, faults, matches, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.document import Document

_DEAL = (
    r"(?:buy|sell|short|hold|own|add|trim|exit|accumulate|invest|load|avoid|switch|rotate|dump"
    r"|ditch|overweight"
    r"|underweight|reduce|increase|rebalance|allocate|take profits?|book profits?|get (?:in|out)"
    r"|go (?:long|short)|stay (?:away|invested|out))"
)
_WHO = (
    r"(?:you|one|readers?|investors?|traders?|savers?|everyone|anyone|holders?|subscribers?|we all)"
)
_DIRECTIVE = quick(
    rf"\b{_WHO}(?:'d| would)? (?:should|must|need to|needs to|ought to|have to|has to|had better"
    rf"|better|would do well to|would be wise to|are advised to"
    rf"|may want to|might want to|want to|can't afford not to)(?: \w+){{0,3}}? {_DEAL}\b"
    rf"|\bwe (?:recommend|advise|suggest|urge)\b(?: \w+){{0,4}}? (?:buying|selling|shorting"
    rf"|holding|adding|trimming|exiting|avoiding|investing|rotating|switching|{_DEAL})\b"
    r"|\b(?:our|my) (?:advice|recommendation) (?:is|would be)\b|\b(?:it is|it's|now is"
    r"|this is) (?:the |a good |the right |a great )?time to (?:buy|sell|short|exit|get (?:in"
    r"|out)|invest|load)",
    re.IGNORECASE,
)
_SIZED = compiled(
    r"(?:^|[.!?:;,•–—-] ?|\b(?:and|then|or|now|so) )(?P<call>(?:sell|buy|trim|cut|reduce|shift"
    r"|rotate"
    r"|move|put|allocate|invest|overweight|underweight|add)\b(?: \w+){0,2}?"
    r" (?:\d[\d.]*|[a-z]+(?:-[a-z]+)?) ?(?:%|per ?cent|percent)"
    r"(?: (?:of|in|into|to|from)\b| points?\b|[.,;]|$))",
    re.IGNORECASE,
)
_GUARANTEE = quick(
    r"\bguarante(?:e[ds]?|eing)\b|\brisk[- ]?free\b(?! rate)|\bsure[- ]?(?:shot|thing|fire)\b"
    r"|\bcan(?:not|'t| not) (?:lose|fail|go wrong)\b"
    r"|\b(?:is|are|seems?|looks?) certain to\b|\bno[- ]brainer\b|\bassured (?:return|profit"
    r"|gain)s?\b|\bfool[- ]?proof\b|\b100 ?(?:%|percent|per cent) (?:safe|certain|sure)\b"
    r"|\bfree money\b|\b(?:no|zero|without(?: any)?) (?:risk|downside)\b"
    r"|\bnothing can go wrong\b|\blocked[- ]in (?:gain|profit|return)s?",
    re.IGNORECASE,
)
_DENIED = quick(
    r"(?:\bno|\bnot|n't|\bnever|\bnothing|\bnor|\bwithout|\bneither|\bhardly|\bfar from|\bisn't"
    r"|\bno such thing as|\bno one)(?: \w+){0,3}? $",
    re.IGNORECASE,
)
_MOVE = (
    r"(?:rise|fall|rally|soar|surge|crash|drop|jump|sink|climb|slide|tumble|plunge|double|triple"
    r"|hit|reach|outperform|underperform|recover|rebound"
    r"|gain|lose|beat|explode|collapse|bounce|break out|go (?:up|down|higher|lower)|move (?:up"
    r"|down|higher|lower)|lead|return|end (?:higher|lower)|continue (?:to )?\w+)"
)
_PROMISE = quick(
    rf"\b(?:will|shall|is going to|are going to|is bound to|are bound to|is set to|are set to"
    rf"|is destined to|are destined to|is sure to|are sure to|is poised to|are poised to"
    rf"|'ll)(?: (?:\w+ly|soon|again|then|next|also|still))? {_MOVE}\b",
    re.IGNORECASE,
)
_CAUTIOUS = compiled(
    r"\b(?:whether|if|unless|until|when|once|who|what|which of|or not)\b[^.;:]{0,120}$",
    re.IGNORECASE,
)
_MONEY = r"(?:(?:US|C|A|HK)?[$€£¥₹]|\b(?:Rs\.?|INR|USD|EUR|GBP|CAD)) ?\d"
_TARGET = quick(
    rf"\b(?:price targets?|price objectives?|target(?:s|ed)? price|targets?|targeting|fair value"
    rf"|intrinsic value|worth|upside to|downside to|on (?:its|the) way to|head(?:s|ed"
    rf"|ing)? (?:to|for|toward|towards)"
    rf"|(?:could|can|should|may|might|will|to) (?:hit|reach|touch|see|test))(?: (?:of|at|is"
    rf"|about|around|near|between|as much as|level|levels|the))* {_MONEY}"
    r"|\bprice (?:target|objective)s?\b(?= (?:of|at|is|to|for|raised|cut))",
    re.IGNORECASE,
)
_URGENT = compiled(
    r"\bact (?:now|fast|today|quickly)\b|\b(?:don't|do not) (?:miss|wait|delay)\b"
    r"|\blast chance\b|\bbefore it(?:'s| is) too late\b|\bhurry\b"
    r"|\b(?:buy|sell|invest|get in|get out) (?:now|today|immediately|early"
    r"|while you (?:still )?can|at once|before)\b|\blimited[- ]time\b|\bload up\b"
    r"|\bback up the truck\b"
    r"|\btime is running out\b|\bclock is ticking\b|\bonce it is gone\b|\bwhile (?:it"
    r"|the offer) lasts\b",
    re.IGNORECASE,
)
_LOUD = quick(
    r"\bsky-?rocket\w*|\bexplod(?:e|es|ed|ing)\b|\bto the moon\b|\bmulti-?baggers?\b|\b(?:ten"
    r"|hundred)-?baggers?\b|\b\d{1,4} ?x (?:returns?|gains?|your money)\b"
    r"|\blife[- ]changing\b|\bonce[- ]in[- ]a[- ](?:lifetime|generation)\b|\b(?:massive|huge"
    r"|enormous|unlimited|explosive) (?:upside|gains?|profits?|returns?)\b|\bmoonshot\b"
    r"|\bget rich\b|\bmillionaires?\b|\bjackpot\b|\binsane (?:gains?|returns?)\b"
    r"|\bdouble your money\b",
    re.IGNORECASE,
)
_PAST = compiled(
    r"\b(?:has|have|had) (?:never|always) (?:failed|worked|recovered|lost|fallen|risen|paid"
    r"|come back|bounced)\b|\balways (?:goes? up|bounces?|recovers?|comes? back|wins?|pays?)\b"
    r"|\b(?:history|the past) (?:shows?|proves?|tells? us|says|guarantees)\b[^.]{0,60}\b(?:will"
    r"|always|must)\b|\bnever (?:loses?|fails?|goes down)\b|\bworks every time\b",
    re.IGNORECASE,
)
_CALL = compiled(
    r"(?:^|[.!?:;] |[•*–—-] )(?P<call>(?:strong |speculative )?(?:[Bb]uy|[Ss]ell|[Ss]hort"
    r"|[Aa]ccumulate|[Ee]xit|[Aa]void|[Dd]ump|[Oo]wn|[Bb]ook profits? in|[Gg]o long|[Gg]o short"
    r"|[Tt]rim|[Oo]verweight|[Uu]nderweight|BUY|SELL)"
    r"(?: on| into| in)?(?: (?:the|a|your|some|more))? (?:[A-Z][\w&.]*|stocks?\b|shares?\b"
    r"|funds?\b|small caps\b|bonds\b|gold\b|dips?\b|it\b|them\b))"
)
_RUMOUR = quick(
    r"\brumou?r(?:s|ed)?\b|\bunconfirmed\b|\bword (?:is|has it|on the street)\b|\b(?:we"
    r"|I) (?:hear|are hearing)\b|\bhearing that\b|\binsiders? (?:say|tell|told|suggest)"
    r"|\bleak(?:ed|s)\b|\bmarket chatter\b|\bwhispers? (?:of|that|number)\b|\bsources? (?:say"
    r"|close to|familiar)\b|\bunnamed\b|\binside information\b|\bscuttlebutt\b",
    re.IGNORECASE,
)
_PERSONAL = compiled(
    r"\byour (?:own )?(?:portfolio|retirement|savings|account|situation|risk tolerance|goals"
    r"|needs|money|nest egg|holdings|positions?|pension|401\(k\)|IRA|circumstances)\b"
    r"|\bpeople like you\b|\b(?:suits|right for|suitable for|tailored to|made for) you\b"
    r"|\bif you(?:'re| are) (?:retired|nearing retirement|young|a conservative)",
    re.IGNORECASE,
)


@rule(
    "L01",
    citation="Advisers Act s.202(a)(11)(D), Lowe v. SEC 472 US 181: impersonal publications",
    good=(
        "Traders should watch payrolls.",
        "Investors need to see the inflation report.",
        "Small caps must hold above the line.",
    ),
    bad=(
        "You should buy small caps here.",
        "Investors must immediately exit the banks.",
        "We recommend adding to value.",
        "Now is the time to sell.",
        "Overweight value, sell 20 per cent of QQQ and wait.",
        "Put 30% into small caps.",
    ),
)
def directive(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find sentences that tell readers to deal."""
    message = "“{}” tells readers what to do; state a view instead."
    yield from faults(document, _DIRECTIVE, message)
    for block, match, _whole in matches(document, _SIZED, furniture=False):
        span = block.folded.span(match.start("call"), match.end("call"))
        yield span, message.format(match["call"])


@rule(
    "L02",
    citation="FINRA 2210(d)(1)(B); Marketing Rule 206(4)-1(a)(1)",
    good=(
        "Nothing here is guaranteed.",
        "There is no guarantee that it lasts.",
        "The risk-free rate rose.",
        "Returns are not guaranteed.",
    ),
    bad=(
        "A guaranteed gain.",
        "It is a risk-free way in.",
        "This is a no-brainer.",
        "Value cannot lose.",
        "Gu\u00adaranteed to pay.",
        "A ris\u043a-free trade.",
    ),
)
def guarantee(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find promises of safety; denials of them are allowed."""
    for block, match, span in matches(document, _GUARANTEE, furniture=False):
        if not _DENIED.search(block.text[max(0, match.start() - 40) : match.start()]):
            yield span, f"“{match[0]}” promises safety; nothing is certain."


@rule(
    "L03",
    citation="FINRA 2210(d)(1)(F): no prediction or projection of performance",
    good=(
        "The central bank will meet in June.",
        "We think yields could rise.",
        "Whether small caps will lead again is open.",
        "If that holds, it will matter.",
    ),
    bad=(
        "Oil will surge.",
        "Gold is bound to rally.",
        "Small caps are going to double.",
        "They'll soon outperform.",
        "Banks are set to rebound.",
    ),
)
def promissory_forecast(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find forecasts put as certainties; could, may and we think are free."""
    for block, match, span in matches(document, _PROMISE, furniture=False):
        if not _CAUTIOUS.search(block.text[max(0, match.start() - 140) : match.start()]):
            yield span, f"“{match[0]}” is a promise; write could, may or we think."


@rule(
    "L04",
    citation="MAR RTS 2016/958 Art. 4: a target needs method, horizon and risk",
    good=(
        "The fund closed at $250.",
        "Whether it can close above $300.45, its record.",
        "An inflation target of 2%.",
    ),
    bad=(
        "A price target of $250.",
        "It could reach $300 soon.",
        "Fair value is €40.",
        "Heading for $400 now.",
        "Analysts put price targets to one side but price targets of all are up.",
    ),
)
def price_target(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find price targets and fair values."""
    yield from faults(document, _TARGET, "“{}” is a price target; the house sets none.")


@rule(
    "L05",
    citation="FINRA 2210(d)(1)(A): fair and balanced",
    good=(
        "They act on climate.",
        "Buying today was broad.",
        "A last chance to hedge passed.".replace("last chance", "late chance"),
    ),
    bad=("Act now.", "Buy today before the close.", "Don't miss this one.", "Your last chance."),
)
def urgency(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find pressure to hurry."""
    yield from faults(document, _URGENT, "“{}” hurries the reader; take it out.")


@rule(
    "L06",
    citation="FINRA 2210(d)(1)(B): no exaggerated or promissory statement",
    good=("Sales doubled.", "Limited upside remains.", "A large gain for one day."),
    bad=(
        "Shares could skyrocket.",
        "A multibagger.",
        "10x returns await.",
        "A once-in-a-generation chance.",
    ),
)
def exaggeration(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find words too big for any market."""
    yield from faults(document, _LOUD, "“{}” is exaggerated; say what the figures say.")


@rule(
    "L07",
    citation="FINRA 2210(d)(1)(F): past performance does not imply recurrence",
    good=(
        "The index has fallen.",
        "Past leadership told you almost nothing.",
        "History shows a coin with a slight bend.",
    ),
    bad=(
        "The dip has never failed.",
        "History shows that stocks will recover.",
        "It always bounces.",
    ),
)
def past_performance(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find the past told as a promise."""
    yield from faults(document, _PAST, "“{}” makes a promise of the past; give the base rate.")


@rule(
    "L08",
    citation="Lowe v. SEC 472 US 181; MAR Art. 3(1)(35)",
    good=(
        "Buybacks slowed.",
        "Short interest rose.",
        "Selling growth has become a habit.",
        "Buying small caps has not.",
    ),
    bad=("Buy Apple on weakness.", "- Sell the Nasdaq.", "The call: avoid stocks.", "Exit Tesla."),
)
def imperative_call(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find orders to deal at the head of a sentence or item."""
    for block, match, _whole in matches(document, _CALL, furniture=False):
        span = block.folded.span(match.start("call"), match.end("call"))
        yield span, f"“{match['call']}” is a call to deal; state a view instead."


@rule(
    "L09",
    citation="MAR Arts 12, 14 and 15: rumours and inside information",
    good=("Confirmed by the filing.", "Prices say little about causes."),
    bad=(
        "Market chatter suggests a bid.",
        "Rumours of a merger.",
        "Word is that banks are next.",
        "Sources say so.",
    ),
)
def rumour(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find hearsay."""
    yield from faults(document, _RUMOUR, "“{}” is hearsay; name a public source or cut it.")


@rule(
    "L10",
    severity=Severity.WARN,
    citation="NI 31-103 s.8.25; Advisers Act: nothing tailored",
    good=("The portfolio of the fund changed.", "It suits nobody."),
    bad=("Protect your retirement.", "It is right for you.", "Look at your portfolio."),
)
def personal(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find words that speak to a reader's own circumstances."""
    yield from faults(document, _PERSONAL, "“{}” speaks to one reader's circumstances.")
