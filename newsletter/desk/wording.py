"""Wording: other words for a part of an edition, from the configured hand, and their proof."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from newsletter.desk import editing, proof
from newsletter.desk.changing import alone, heading_over
from newsletter.desk.newsroom import Newsroom
from newsletter.desk.proof import Reading
from newsletter.desk.proposals import Asked, Made, Proposal
from newsletter.desk.revision import Opened
from newsletter.draft.claims import AUTHOR, Draft, fill
from newsletter.draft.freshness import said_in
from newsletter.draft.transcript import Transcript
from newsletter.errors import DraftError, NotFound

NO_MODEL: Final = (
    "No model is configured (model.writer is house), and the house writer takes no instruction; "
    "leave it empty for other words of the house’s own."
)
_SECTION: Final = re.compile(r"sections\.\d+")
_NO_WORDS: Final = ("tables", "charts")


def written_by(desk: Newsroom) -> str:
    """Return the hand that writes parts anew."""
    return AUTHOR if desk.house.config.model.writer == "house" else desk.house.model_desk.hand


def wanted(found: Opened, part: str) -> str:
    """Return the present words of a part that can be written anew.

    Raises
    ------
    DraftError
        If it is not made of words.
    NotFound
        If the draft has no such part.
    """
    present = editing.get(found.draft, part)
    if part.startswith(_NO_WORDS):
        raise DraftError(f"The {editing.words(part)} is no prose; only words are written anew.")
    return present


# -- proof -------------------------------------------------------------------------------------


def readings(desk: Newsroom, found: Opened, part: str, text: str) -> list[Reading]:
    """Return the words of a part as readers would see them, each piece proved.

    Parameters
    ----------
    desk : Newsroom
        Where the rules are.
    found : Opened
        The revision.
    part : str
        Which part of it.
    text : str
        Its words; of a section heading and paragraphs between blank lines.
    """
    rules = alone(desk, found)
    if not _SECTION.fullmatch(part):
        return [proof.read(part, text, heading_over(found.draft, part), found.ledger, rules)]
    heading, *paragraphs = re.split(r"\n\s*\n", text)
    heading = heading.strip()
    names = [f"{part}.paragraphs.{at}" for at in range(len(paragraphs))]
    below = [(name, words, heading) for name, words in zip(names, paragraphs, strict=True)]
    rows = [(f"{part}.heading", heading, ""), *below]
    return [proof.read(name, words, over, found.ledger, rules) for name, words, over in rows]


def printed(found: list[Reading]) -> str:
    """Return what readers would see of a part."""
    return "\n\n".join("".join(words for words, _ in one.pieces) for one in found)


def _objections(desk: Newsroom, found: Opened, part: str, text: str) -> Iterator[str]:
    for reading in readings(desk, found, part, text):
        yield from reading.troubles
        yield from (one.message for one in reading.findings if one.severity.value == "block")


# -- the hands ---------------------------------------------------------------------------------


def by_model(
    desk: Newsroom, found: Opened, asked: Asked, before: tuple[str, ...], proposal: Proposal
) -> Made:
    """Ask the configured model; what was asked is kept and booked whatever comes of it."""
    from newsletter.draft.anew import Wish
    from newsletter.writing import headlines

    house = desk.house

    def check(text: str) -> Iterator[str]:
        proposal.go_on()
        return _objections(desk, found, asked.part, text)

    wish = Wish(
        asked.part, editing.words(asked.part), asked.present, asked.instruction, before,
        _around(found.draft, asked.part), found.draft, found.ledger, house.config.universe,
        headlines(house.pipeline.snapshot(found.revision.snapshot)),
    )  # fmt: skip
    made = house.model_desk.part(wish, check, proposal.hear, proposal.begin_turn)
    if made.transcript.exchanges:
        keep(desk, made.transcript)
        detail = {
            "part": asked.part, "revision": str(asked.revision), "hand": asked.hand,
            "instruction": asked.instruction, "tokens": str(made.transcript.tokens),
            "cost": str(made.transcript.cost), "transcript": made.transcript.sha256,
        }  # fmt: skip
        desk.record(asked.editor, "asked anew", asked.edition, **detail)
    return made


def keep(desk: Newsroom, transcript: Transcript) -> str:
    """Keep a transcript; return its hash."""
    kept: str = desk.house.pipeline.artefacts.put(
        "transcript", transcript.sha256, transcript.to_bytes(), desk.now()
    )
    return kept


def _around(draft: Draft, part: str) -> str:
    names = [name for name in editing.parts(draft) if not f"{name}.".startswith(f"{part}.")]
    return "\n".join(f"{editing.words(name)}: {editing.get(draft, name)}" for name in names)


@dataclass(frozen=True, slots=True)
class _House:
    """What the house writer needs to write tonight's edition again."""

    desk: Newsroom
    found: Opened

    def draft(self, *more: str) -> Draft:
        """Return it, with some texts taken for said beside the last mails'."""
        house, found = self.desk.house, self.found
        mails = [self.desk.mail(id).text for id in found.draft.after]
        said = said_in([*mails, *more])
        return house.form(found.edition.key).write(found.ledger, house.config.universe, said)

    def printed(self, *texts: str) -> str:
        """Return words as readers see them; those that cannot be filled are left out."""
        out = []
        for text in texts:
            try:
                out.append(fill(text, self.found.ledger))
            except DraftError:
                continue
        return "\n\n".join(out)


def by_house(
    desk: Newsroom, found: Opened, asked: Asked, before: tuple[str, ...], proposal: Proposal
) -> Made:
    """Ask the house writer for the evening again, as if the present words were used up."""
    from newsletter.draft.anew import Attempt
    from newsletter.writing import Answered

    del proposal
    writer = _House(desk, found)
    place = _place(found.draft, writer.draft(), asked.part)
    text = ""
    if place:
        present = [words for words in found.draft.passages() if words.strip()]
        other = writer.draft(writer.printed(*present, asked.present, *before))
        if _shaped(other, place):
            text = editing.get(other, place)
    used = {asked.present.strip(), editing.get(found.draft, asked.part).strip()}
    used |= {words.strip() for words in before}
    if not text.strip() or text.strip() in used:
        why = f"The house writer has no other words for the {editing.words(asked.part)}."
        return Answered(None, Transcript(), why)
    wrong = tuple(_objections(desk, found, asked.part, text))
    return Answered(Attempt(text, wrong, sound=True), Transcript())


def _place(draft: Draft, house: Draft, part: str) -> str:
    """Return what a part is called in the house writer's own draft; empty where it is not his.

    Editors move parts and take some out: then only the very words tell which it was.
    """
    group = editing.Part.parse(part).group
    if _shaped(house, part) and draft.theme == house.theme:
        alike = group == part or len(editing.items_of(draft, group)) == len(
            editing.items_of(house, group)
        )
        if alike and len(draft.sections) == len(house.sections):
            return part
    words = editing.get(draft, part)
    same = (name for name in editing.parts(house) if editing.get(house, name) == words)
    return next(same, "")


def _shaped(draft: Draft, part: str) -> bool:
    try:
        editing.get(draft, part)
    except NotFound:
        return False
    return True
