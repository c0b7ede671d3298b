"""The columnist: a model plans, writes and mends; the house writer stands behind it.

    plan → brief → judged and proved → at most two repairs → what is left made whole

Whatever goes wrong, an evening has its draft: a sentence that stays wrong is left out, a part
that needs it comes from the house writer, and without a usable reply the briefing is his.
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from newsletter.compute.facts import Ledger
from newsletter.config import Universe
from newsletter.draft import brief as shapes
from newsletter.draft import dictation, remembered, salvage
from newsletter.draft.asking import Asking
from newsletter.draft.brief import Brief, Headlines, Plan, Repair
from newsletter.draft.claims import MODEL, Draft
from newsletter.draft.commission import NOTHING, Around, Commission, Manner
from newsletter.draft.dictation import Problem
from newsletter.draft.form import Form
from newsletter.draft.model import Fault, LanguageModel, Listener, ModelError
from newsletter.draft.objections import Checker, complaints, in_original, located
from newsletter.draft.prompt import Prompts
from newsletter.draft.purse import Purse
from newsletter.draft.transcript import Transcript

REPAIRS = 2
"""Rounds in which the model may mend what a checker found."""
_TAKEN_OUT = 3
"""Rounds of leaving out what is still wrong: a sentence may fall with the one before it."""
_OFFERED = 5
"""Headlines that are tried where the first cannot stand."""


@dataclass(frozen=True, slots=True)
class Written:
    """A draft and how it came about.

    Parameters
    ----------
    draft : Draft
        Fit to be laid out.
    transcript : Transcript
        Every exchange with the model.
    fallback : str
        Why the house writer wrote the whole; empty where the model did.
    after : tuple of str
        Hashes of the finished mails whose sentences it was written not to repeat.
    """

    draft: Draft
    transcript: Transcript
    fallback: str = ""
    after: tuple[str, ...] = ()

    @property
    def signed(self) -> Draft:
        """The draft with where it comes from, so that it can be audited and made again."""
        asked = self.transcript.sha256 if self.transcript.exchanges else ""
        return replace(self.draft, transcript=asked, fallback=self.fallback, after=self.after)


class Columnist:
    """One evening's writer.

    Parameters
    ----------
    model : LanguageModel
        The door.
    prompts : Prompts
        With ``plan``, ``brief`` and ``repair``.
    purse : Purse
        What the evening may cost.
    manner : Manner
        Voice and parameters.
    now : callable
        The aware present instant, for the record.
    form : Form
        What kind of piece is wanted; its house writer stands behind the model.
    heard : callable, optional
        Told the reply as it arrives.
    """

    def __init__(
        self,
        model: LanguageModel,
        prompts: Prompts,
        purse: Purse,
        manner: Manner,
        now: Callable[[], dt.datetime],
        form: Form,
        heard: Listener | None = None,
    ) -> None:
        self._form, self._manner, self._name = form, manner, model.name
        self._asking = Asking(model, prompts, purse, manner, now, heard)
        self._ask = self._asking.ask
        self._judged: tuple[Brief, list[Problem]] | None = None

    def write(
        self,
        ledger: Ledger,
        universe: Universe,
        check: Checker,
        charts: Collection[str],
        around: Around = NOTHING,
    ) -> Written:
        """Write tonight's briefing.

        Parameters
        ----------
        ledger : Ledger
            Tonight's facts.
        universe : Universe
            Names and roles of the instruments.
        check : callable
            Proves a draft in its finished form.
        charts : collection of str
            Charts there are.
        around : Around
            Memory and headlines.

        Raises
        ------
        DraftError
            Only where not even the house writer can write.
        """
        own = self._form.write(ledger, universe, around.said)
        facts = self._manner.facts
        evening = Commission(ledger, universe, own, tuple(charts), check, around, facts)
        try:
            draft = self._written(evening)
        except ModelError as error:
            return Written(own, self.transcript, str(error))
        return Written(draft, self.transcript)

    def _written(self, evening: Commission) -> Draft:
        plan = self._ask("plan", evening.schema("plan"), **evening.told("plan", self._manner))
        told = evening.told("brief", self._manner)
        prose = self._form.prompt
        assert isinstance(plan, Plan)  # noqa: S101 - `read` gives the schema's own shape
        evening.stand = salvage.Stand.of(plan, evening.ledger)
        told |= {"plan": plan.model_dump_json(indent=1), "words": self._manner.words}
        brief = self._ask(prose, evening.schema("brief"), **told)
        assert isinstance(brief, Brief)  # noqa: S101
        brief = shapes.without_blanks(brief)
        for _ in range(REPAIRS):
            wrong = self._wrong(brief, evening)
            if not wrong:
                break
            brief = self._mended(brief, wrong, evening)
        return self._whole(self._titled(brief, plan, evening), evening)

    def _wrong(self, brief: Brief, evening: Commission) -> list[Problem]:
        """Return what is wrong with a brief, by its own rules and in its finished form."""
        if self._judged is None or self._judged[0] != brief:  # to lay out and prove takes seconds
            self._judged = brief, self._found(brief, evening)
        return self._judged[1]

    def _found(self, brief: Brief, evening: Commission) -> list[Problem]:
        judged = dictation.problems(
            brief, evening.ledger, allowed=evening.ids, banned=self._manner.banned
        )
        # What is missing or too much is filled from the house draft, or cut.
        own = [p for p in judged if p.place and p.text.strip()]
        readable = shapes.rewritten(brief, dict.fromkeys(p.place for p in own))
        draft = salvage.filled_up(readable, evening.house, self.hand, evening.offer, evening.stand)
        if not draft.sections:  # nothing to lay out: the charts would have no place either
            return [*own, Problem("", "", "No section of its body can stand.")]
        printed = evening.check(remembered.reminded(draft, evening.facts))
        return [*own, *located(printed, brief, evening.ledger)]

    def _mended(self, brief: Brief, wrong: list[Problem], evening: Commission) -> Brief:
        """Return a brief after one repair; a repair that fails leaves it as it was."""
        told = evening.told("repair", self._manner) | {"problems": complaints(wrong)}
        places = tuple(dict.fromkeys(p.place for p in wrong if p.place))
        if not places:
            return brief
        try:
            repair = self._ask("repair", evening.schema("repair", places), **told)
        except ModelError as error:
            if error.fault is Fault.CANCELLED:
                raise
            return brief
        assert isinstance(repair, Repair)  # noqa: S101
        mends = {m.place: m.text for m in repair.mends if m.place in places}
        return shapes.rewritten(brief, mends)

    def _titled(self, brief: Brief, plan: Plan, evening: Commission) -> Brief:
        """Return a brief with another headline, where its own cannot stand after the repairs."""
        if not self._untrue(brief, evening):
            return brief
        told = evening.told("headline", self._manner) | {
            "thesis": plan.thesis,
            "opening": shapes.opening(brief),
        }
        try:
            found = self._ask("headline", evening.schema("headlines"), **told)
        except ModelError as error:
            if error.fault is Fault.CANCELLED:
                raise
            return brief
        assert isinstance(found, Headlines)  # noqa: S101
        offered = (shapes.rewritten(brief, {"headline": h}) for h in found.headlines[:_OFFERED])
        return next((one for one in offered if not self._untrue(one, evening)), brief)

    def _untrue(self, brief: Brief, evening: Commission) -> bool:
        return any(problem.place == "headline" for problem in self._wrong(brief, evening))

    def _whole(self, brief: Brief, evening: Commission) -> Draft:
        """Return the draft that is left once nothing wrong is in it.

        Raises
        ------
        ModelError
            Where too little is left, or something is wrong with no sentence in particular.
        """
        faulty: dict[str, Problem] = {}
        left = brief
        for _ in range(_TAKEN_OUT):
            wrong = self._wrong(left, evening)
            if not wrong:
                break
            general = [p.why for p in wrong if not p.place]
            found = in_original(wrong, left, brief)
            if general and not found:
                raise ModelError(f"The briefing as a whole: {general[0]}", Fault.MALFORMED)
            faulty |= found
            left = shapes.rewritten(brief, dict.fromkeys(faulty))
        else:
            raise ModelError("What was left still could not be proved.", Fault.MALFORMED)
        draft = salvage.salvaged(
            brief, faulty.values(), evening.house, self.hand, evening.offer, evening.stand
        )
        return remembered.reminded(draft, evening.facts)

    @property
    def hand(self) -> str:
        """The model as the author of a draft."""
        return f"{MODEL}{self._name}"

    @property
    def transcript(self) -> Transcript:
        """What was asked and answered so far."""
        return self._asking.transcript
