"""Which features of a mail carry meaning, judged one by one, with the reason.

A feature carries meaning when a reader whose program drops it reads another statement, misses
one, or cannot tell what belongs to what. Features that only please the eye do not, as long as
the mail is laid out in tables with every colour and size inline, as the house's templates
are. A feature that has no line here is reported as not judged; the contract suite asks that
whatever a golden mail uses, and a program of the gate lacks, has been judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the loss of a feature does.

    Parameters
    ----------
    changes : bool
        Whether the meaning changes.
    why : str
        One sentence.
    """

    changes: bool
    why: str


_KEEPS = {
    "amp": "The HTML part says everything.",
    "css-at-font-face": "Every family has system fonts behind it.",
    "css-at-media": "Colours and sizes stand inline; the sheet only fits them to the screen.",
    "css-at-media-hover": "Hovering only pleases the eye.",
    "css-at-media-prefers-color-scheme": "The light colours stand inline and are legible alone.",
    "css-at-media-prefers-reduced-motion": "Nothing moves.",
    "css-at-supports": "What stands outside is complete.",
    "css-border-radius": "Corners become square.",
    "css-border-spacing": "Cells stand closer.",
    "css-box-shadow": "A shadow is lost; boxes have grounds and rules.",
    "css-box-sizing": "Widths are set on cells and padding on their contents.",
    "css-color-scheme": "Programs that ignore it show the light colours or invert them.",
    "css-comments": "Nobody reads them.",
    "css-cursor": "The pointer keeps its shape.",
    "css-direction": "The direction also stands in the attribute dir.",
    "css-display-none": "It hides only the preview line, whose words are true to the mail.",
    "css-font-kerning": "Letters stand a little differently.",
    "css-height": "Spacers grow or shrink; pictures have their height as an attribute.",
    "css-hyphens": "Lines break elsewhere.",
    "css-letter-spacing": "Kickers stand closer.",
    "css-max-height": "It belongs to the hidden preview line.",
    "css-max-width": "Outlook gets its width from tables in conditional comments.",
    "css-min-width": "Columns find their own width.",
    "css-object-fit": "Pictures have the proportions of their boxes.",
    "css-opacity": "It belongs to the hidden preview line.",
    "css-outline": "Pictures have no outline by default.",
    "css-overflow": "It belongs to the hidden preview line.",
    "css-overflow-wrap": "A long word reaches over its edge.",
    "css-pseudo-class-first-child": "A first column keeps its inner margin.",
    "css-pseudo-class-hover": "Hovering only pleases the eye.",
    "css-pseudo-class-last-child": "A last row keeps its rule.",
    "css-pseudo-class-nth-child": "Rows are not striped; rules divide them.",
    "css-rgba": "The same colour stands before it, opaque.",
    "css-selector-adjacent-sibling": "Sheets only fit to screen and scheme.",
    "css-selector-attribute": "Sheets only fit to screen and scheme.",
    "css-selector-chaining": "Sheets only fit to screen and scheme.",
    "css-selector-child": "Sheets only fit to screen and scheme.",
    "css-selector-class": "Sheets only fit to screen and scheme.",
    "css-selector-descendant": "Sheets only fit to screen and scheme.",
    "css-selector-general-sibling": "Sheets only fit to screen and scheme.",
    "css-selector-grouping": "Sheets only fit to screen and scheme.",
    "css-selector-id": "Sheets only fit to screen and scheme.",
    "css-selector-type": "Sheets only fit to screen and scheme.",
    "css-selector-universal": "Sheets only fit to screen and scheme.",
    "css-sytem-ui": "Other system fonts stand behind it.",
    "css-table-layout": "Columns find their own width.",
    "css-text-decoration-color": "The line has the text's colour.",
    "css-text-decoration-thickness": "The line has its usual weight.",
    "css-text-shadow": "A shadow is lost.",
    "css-text-underline-offset": "The line stands where it usually does.",
    "css-text-wrap": "Headlines break elsewhere.",
    "css-transition": "Changes are sudden.",
    "css-unit-initial": "Sheets only fit to screen and scheme.",
    "css-unit-rem": "The size before it stands in pixels.",
    "css-white-space": "A figure may break from its sign at the end of a line.",
    "css-word-break": "A long word reaches over its edge.",
    "css-word-spacing": "It is set to what is usual.",
    "css-word-wrap": "A long word reaches over its edge.",
    "html-aria-describedby": "The description stands on the page.",
    "html-aria-hidden": "Ornaments are read out.",
    "html-aria-label": "The subject names the mail to a screen reader.",
    "html-aria-labelledby": "Headings name the sections.",
    "html-body": "Grounds and directions also stand on the first element inside it.",
    "html-comments": "Conditional comments serve only Outlook, which reads them.",
    "html-doctype": "Outlook and Yahoo lay out tables the same without it.",
    "html-lang": "It also stands on the first element inside the body.",
    "html-meta-color-scheme": "Programs without it show the light colours or invert them.",
    "html-role": "Tables for layout hold their words in reading order.",
    "html-semantics": "Headings divide the mail.",
    "html-style": "Colours and sizes stand inline; sheets only fit to screen and scheme.",
    "html-target": "A link opens where the program opens links.",
    "html-valign": "Cells stand higher or lower.",
    "html-wbr": "A long word breaks elsewhere.",
}
_CHANGES = {
    "css-animation": "What appears in time never appears.",
    "css-background-image": "Whatever the picture says is lost, and light text on it too.",
    "css-clip-path": "What was cut away shows.",
    "css-display-flex": "Cells stand below each other, so that figures leave their labels.",
    "css-display-grid": "Cells stand below each other, so that figures leave their labels.",
    "css-filter": "Colours are not those that were proved legible.",
    "css-float": "Columns run into each other.",
    "css-function-light-dark": "The declaration is dropped, and with it the colour.",
    "css-inset": "Whatever is placed by it stands elsewhere.",
    "css-left-right-top-bottom": "Whatever is placed by it stands elsewhere.",
    "css-linear-gradient": "Text loses the ground on which it is legible.",
    "css-mask-image": "What was masked shows.",
    "css-mix-blend-mode": "Colours are not those that were proved legible.",
    "css-modern-color": "The declaration is dropped, and with it the colour.",
    "css-nesting": "The rules inside are dropped.",
    "css-position": "Whatever is placed by it stands elsewhere, over other words perhaps.",
    "css-pseudo-element-after": "The words that it adds are lost.",
    "css-pseudo-element-before": "The words that it adds are lost.",
    "css-transform": "What is turned or shifted stands straight, over other words perhaps.",
    "css-variables": "The declaration is dropped, and with it the colour or size.",
    "css-visibility": "What was hidden shows, or takes its place.",
    "html-anchor-links": "A link leads nowhere.",
    "html-audio": "Nothing is heard and nothing says so.",
    "html-background": "Whatever the picture says is lost, and light text on it too.",
    "html-dialog": "What it holds is shown at once or never.",
    "html-dir": "Lines of a right-to-left edition start on the wrong side.",
    "html-form": "Nothing can be entered.",
    "html-hidden": "What was hidden shows.",
    "html-image-maps": "Links in the picture are lost.",
    "html-img": "Charts are lost.",
    "html-lists": "Points run together.",
    "html-marquee": "The words stand still or vanish.",
    "html-object": "What it holds is lost.",
    "html-picture": "The picture is lost or another than was checked.",
    "html-popover": "What it holds is shown at once or never.",
    "html-select": "Nothing can be chosen.",
    "html-srcset": "Another picture than was checked is shown.",
    "html-strike": "What was struck out reads as if it held.",
    "html-svg": "The picture is lost.",
    "html-table": "Figures leave their labels.",
    "html-video": "The film is lost.",
    "image-avif": "The picture is lost.",
    "image-base64": "The picture is lost.",
    "image-heif": "The picture is lost.",
    "image-svg": "The picture is lost.",
    "image-webp": "The picture is lost.",
}

MEANING: Mapping[str, Judgement] = {
    **{slug: Judgement(False, why) for slug, why in _KEEPS.items()},
    **{slug: Judgement(True, why) for slug, why in _CHANGES.items()},
}
"""Judgement by caniemail's slug."""
