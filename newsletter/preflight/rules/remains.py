"""Remains of where a text came from: site navigation, chatter of a model, raw markup."""

import re
from collections.abc import Iterator

from newsletter.patterns import compiled
from newsletter.preflight.report import Span
from newsletter.preflight.rule import Example, Fault, RuleContext, faults, rule
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document

_ENTRIES = (
    r"share(?: this(?: article| post)?)?|read (?:more|next|full story)|comments?(?: \(\d+\))?"
    r"|no comments(?: yet)?|add a (?:public )?comment\.*(?: no comments)?|leave a (?:comment|reply)"
    r"|subscribe(?: now)?|sign ?up(?: now| for free)?|sign in|log ?in(?: ?create account)?"
    r"|log ?out|create account"
    r"|related (?:posts|articles|stories)|you (?:may|might) also like|more (?:to read"
    r"|commentary|from .{1,30})"
    r"|all articles|follow us|back to top|skip to (?:main )?content|menu|search|home"
    r"|next(?: article)?"
    r"|previous(?: article)?|advertisement|sponsored(?: content)?|accept(?: all)? cookies"
    r"|cookie (?:policy|settings)"
    r"|privacy policy|terms of (?:service|use)|about us|contact(?: us)?|main feed|my portfolio"
    r"|start here"
    r"|how it works|members area(?: ?members area)?|get full access ?→?|cancel anytime"
    r"|← ?all .{1,20}"
    r"|powered by .{1,30}|loading\.*|print|e-?mail this|copy link|speaker \d|full disclaimer"
    r"|plans|blog"
    r"|© ?\d{4} .{1,60}|adv-\w+(?: .{0,80})?"
)
_ENTRY = compiled(rf"^\W{{0,3}}(?:{_ENTRIES})\W{{0,3}}$", re.IGNORECASE)
_BANNER = compiled(
    r"\b(?:we|this (?:site|website)) uses? cookies\b|\bby continuing to (?:browse|use) (?:this"
    r"|our)\b"
    r"|\bone-click unsubscribe in every email\b|\bfree (?:in|to) your inbox\b|\bclick here to\b"
    r"|\bsubscribe to (?:our|the) newsletter\b|\bYour News, Now Playing\b",
    re.IGNORECASE,
)
_LINE_WORDS = 9
_MODEL = quick(
    r"\bas an? (?:AI|artificial intelligence|large)(?: language)? model\b|\bI(?:'m"
    r"| am) (?:an AI|unable to|sorry, but)\b"
    r"|^(?:sure|certainly|of course|absolutely)[,!] (?:here|I)\b|^here (?:is|are|'s) (?:the|a"
    r"|your|my) "
    r"(?:\w+ )?(?:briefing|newsletter|draft|article|text|summary|rewrite|revised \w+)\b"
    r"|\b(?:my|the) (?:knowledge|training)(?: data)? cut-?off\b|\bI hope this helps\b"
    r"|\blet me know if you\b"
    r"|\bI cannot (?:provide|browse|access)\b|\b(?:the )?user(?:'s)? (?:request|prompt|asked)\b"
    r"|<\|?(?:im_start|im_end|endoftext|assistant|system)\|?>|\[INST\]|</?think>",
    re.IGNORECASE,
)
_MARKUP = quick(
    r"\*\*(?=\S)|(?<=\S)\*\*|^#{1,6} \S|(?<!\w)__(?=\w)|\]\(https?:|^```|</?(?:p|div|span|br|td"
    r"|tr|table"
    r"|strong|em|h[1-6]|li|ul)\b[^<>]{0,80}>|&(?:nbsp|amp|lt|gt|quot|mdash|ndash);"
)


@rule(
    "P21",
    citation="House: template-only output (market-commentary A4, S0 and S1)",
    good=(
        "Comments from the Fed moved little.",
        "Share of members above their average: 67%.",
        Example("<p data-furniture>Privacy policy</p><p>News.</p>", html=True),
        "Next comes the jobs report.",
    ),
    bad=(
        "News.\n\nRelated Posts",
        "News.\n\nComments\n\nNo comments yet",
        "Log in\n\nNews.",
        "This site uses cookies to help you.",
        Example("<p>News.</p><p>Read more</p>", html=True),
    ),
)
def navigation(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find menu entries, buttons and banners of a web page within the text."""
    for block in document.blocks:
        if block.furniture or block.kind in {Kind.CELL, Kind.TITLE}:
            continue
        text = block.text.strip()
        if text.count(" ") < _LINE_WORDS and _ENTRY.match(text):
            yield block.span, f"“{text}” is a web page's navigation; take it out."
        elif block.kind is Kind.PARAGRAPH and text.count(" ") >= _LINE_WORDS:
            yield from _menu(document, block.span)
    yield from faults(document, _BANNER, "“{}” is a web page's banner; take it out.")


def _menu(document: Document, span: Span) -> Iterator[Fault]:
    """Find a paragraph most lines of which are menu entries: a menu without blank lines."""
    raw = document.text[span.start : span.end]
    if raw.count("\n") + 1 < _MENU:
        return
    entries = [m for m in _RAW_LINE.finditer(raw) if _ENTRY.match(m[0])]
    if len(entries) >= _MENU and _THIN * len(entries) >= raw.count("\n") + 1:
        start = span.start + entries[0].start()
        yield Span(start, start + len(entries[0][0])), f"“{entries[0][0]}” opens a web page's menu."


_RAW_LINE = compiled(r"[^\n]{1,80}(?=\n|$)")
_MENU, _THIN = 3, 6


@rule(
    "P22",
    citation="House: nothing of the machine in print (design, Draft)",
    good=("A model of the market.", "Here is the thing: it fell.", "As an example, take banks."),
    bad=(
        "As an AI language model, I cannot say.",
        "Here is the briefing you asked for.",
        "Sure! Here are the facts.",
        "I hope this helps.",
    ),
)
def chatter(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find what language models say to whoever asked them."""
    yield from faults(document, _MODEL, "“{}” is a machine's chatter; take it out.", furniture=True)


@rule(
    "P23",
    citation="House: no markup in print (design, Render)",
    good=(
        Example("<p>Small <b>caps</b> rose.</p>", html=True),
        "**Bold** is read as Markdown.",
        "# A heading",
    ),
    bad=(
        Example("<p>Small **caps** rose.</p>", html=True),
        Example("<p>## The tape</p>", html=True),
        Example("<p>A &amp;nbsp; and &lt;b&gt;bold&lt;/b&gt;&lt;p&gt; word</p>", html=True),
    ),
)
def raw_markup(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find Markdown or HTML that readers would see as such."""
    yield from faults(document, _MARKUP, "“{}” is markup that readers see; take it out.")
