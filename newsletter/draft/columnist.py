"""The columnist: a model plans, writes and mends; the house writer stands behind it.

    plan → brief → judged and proved → at most two repairs → what is left made whole

Whatever goes wrong, an evening has its draft: a sentence that stays wrong is left out, a part
that needs it comes from the house writer, and without a usable reply the briefing is his.
"""

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from newsletter.compute.facts import Ledger
from newsletter.config import Universe
from newsletter.draft import brief as shapes
from newsletter.draft import dictation, house, salvage
from newsletter.draft.brief import Brief, Plan, Repair, Shape
from newsletter.draft.claims import Draft, fill
from newsletter.draft.dictation import Problem
from newsletter.draft.model import Fault, LanguageModel, Listener, ModelError
from newsletter.draft.prompt import Prompts
from newsletter.draft.purse import Purse
from newsletter.draft.relevant import listed, relevant
from newsletter.draft.transcript import Exchange, Transcript
from newsletter.errors import DraftError

REPAIRS = 2
"""Rounds in which the model may mend what a checker found."""
_TAKEN_OUT = 3
"""Rounds of leaving out what is still wrong: a sentence may fall with the one before it."""
_TELLING = 20
"""Characters from which a text found inside another is no coincidence."""
_AGAIN = 2
"""Times a prompt is asked before a malformed reply counts."""


@dataclass(frozen=True, slots=True)
class Objection:
    """What a checker of the finished text has against it.

    Parameters
    ----------
    sentence : str
        As printed; empty where it is about the whole.
    why : str
        What is wrong and how to mend it.
    """

    sentence: str
    why: str


@dataclass(frozen=True, slots=True)
class Manner:
    """How the columnist is to write.

    Parameters
    ----------
    voice : str
        A description, put into every prompt.
    words : str
        Wanted length of the body, e.g. ``"450 to 650"``.
    banned : tuple of str
        Words that are not used.
    temperature : float
        0 to 2.
    max_tokens : int
        Of one reply.
    seed : int or None
        For services that honour one.
    """

    voice: str
    words: str
    banned: tuple[str, ...]
    temperature: float
    max_tokens: int
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What a model is told besides the facts; untrusted text in it is fenced already."""

    memory: str = "Nothing yet."
    headlines: str = "None."


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
    """

    draft: Draft
    transcript: Transcript
    fallback: str = ""


Checker = Callable[[Draft], Iterable[Objection]]
"""Lays a draft out and proves it; the composition root binds it to render and preflight."""


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
        heard: Listener | None = None,
    ) -> None:
        self._model, self._prompts, self._purse = model, prompts, purse
        self._manner, self._now, self._heard = manner, now, heard
        self.transcript = Transcript()

    def write(
        self,
        ledger: Ledger,
        universe: Universe,
        check: Checker,
        charts: Collection[str],
        around: Around = Around(),
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
        own = house.write(ledger, universe)
        evening = _Evening(ledger, universe, own, tuple(charts), check, around)
        try:
            draft = self._written(evening)
        except ModelError as error:
            return Written(own, self.transcript, str(error))
        return Written(draft, self.transcript)

    def _written(self, evening: "_Evening") -> Draft:
        plan = self._ask("plan", evening.schema("plan"), **evening.told("plan", self._manner))
        told = evening.told("brief", self._manner)
        assert isinstance(plan, Plan)  # noqa: S101 - `read` gives the schema's own shape
        told |= {"plan": plan.model_dump_json(indent=1), "words": self._manner.words}
        brief = self._ask("brief", evening.schema("brief"), **told)
        assert isinstance(brief, Brief)  # noqa: S101
        brief = shapes.without_blanks(brief)
        for _ in range(REPAIRS):
            wrong = self._wrong(brief, evening)
            if not wrong:
                break
            brief = self._mended(brief, wrong, evening)
        return self._whole(brief, evening)

    def _wrong(self, brief: Brief, evening: "_Evening") -> list[Problem]:
        """Return what is wrong with a brief, by its own rules and in its finished form."""
        judged = dictation.problems(
            brief, evening.ledger, allowed=evening.ids, banned=self._manner.banned
        )
        # What is missing or too much is filled from the house draft, or cut.
        own = [p for p in judged if p.place and p.text.strip()]
        readable = shapes.rewritten(brief, dict.fromkeys(p.place for p in own))
        draft = salvage.filled_up(readable, evening.house, self.hand, evening.charts)
        return [*own, *_located(evening.check(draft), brief, evening.ledger)]

    def _mended(self, brief: Brief, wrong: list[Problem], evening: "_Evening") -> Brief:
        """Return a brief after one repair; a repair that fails leaves it as it was."""
        told = evening.told("repair", self._manner) | {"problems": _complaints(wrong)}
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

    def _whole(self, brief: Brief, evening: "_Evening") -> Draft:
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
            found = _in_original(wrong, left, brief)
            if general and not found:
                raise ModelError(f"The briefing as a whole: {general[0]}", Fault.MALFORMED)
            faulty |= found
            left = shapes.rewritten(brief, dict.fromkeys(faulty))
        else:
            raise ModelError("What was left still could not be proved.", Fault.MALFORMED)
        return salvage.salvaged(brief, faulty.values(), evening.house, self.hand, evening.charts)

    @property
    def hand(self) -> str:
        """The model as the author of a draft."""
        return f"model:{self._model.name}"

    def _ask(self, id: str, schema: Mapping[str, Any], **variables: Any) -> Shape:
        """Return the reply to a prompt as its shape, asking again where it is none."""
        prompt = self._prompts.render(id, **variables)
        for turn in range(_AGAIN):
            seed = turn if self._manner.seed is None else self._manner.seed + turn
            request = prompt.request(
                schema,
                max_tokens=self._manner.max_tokens,
                temperature=self._manner.temperature,
                seed=seed,
            )
            try:
                return dictation.read(prompt.schema_name, self._complete(request))
            except ModelError as error:
                again = error.fault in {Fault.MALFORMED, Fault.TRUNCATED}
                if not again or turn + 1 == _AGAIN:
                    raise
        raise AssertionError  # the loop returns or raises

    def _complete(self, request: Any) -> str:
        size = len(request.system) + len(request.user) + len(json.dumps(request.schema))
        self._purse.require(request.max_tokens, size)
        at, left = self._now(), self._purse.seconds_left
        try:
            reply = self._model.complete(request, left, self._heard)
        except ModelError as error:
            cost = self._purse.forfeit(error.fault, request.max_tokens, size)
            took = left - self._purse.seconds_left
            self._note(Exchange.failed(request, self._model.name, error, cost, at, took))
            raise
        cost = self._purse.pay(reply)
        self._note(Exchange.answered(request, self._model.name, reply, cost, at))
        return reply.text

    def _note(self, exchange: Exchange) -> None:
        self.transcript = self.transcript.plus(exchange)


class _Evening:
    """What stays the same through one evening's writing."""

    def __init__(
        self,
        ledger: Ledger,
        universe: Universe,
        own: Draft,
        charts: tuple[str, ...],
        check: Checker,
        around: Around,
    ) -> None:
        self.ledger, self.house, self.charts, self.check = ledger, own, charts, check
        facts = relevant(ledger, universe, own)
        self.ids = frozenset(fact.id for fact in facts)
        self._order = tuple(fact.id for fact in facts)
        self._subjects = tuple(sorted({fact.subject for fact in facts}))
        session = ledger.session
        self._told: dict[str, Any] = {
            "session": f"{session.date:%A} {session.date}, {session.exchange}",
            "facts": listed(facts),
            "signals": _signals(ledger),
            "memory": around.memory,
            "headlines": around.headlines,
            "charts": ", ".join(charts) or "none",
        }

    def schema(self, name: str, places: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return a shape's schema, closed to tonight's ids."""
        return shapes.schema(
            name, facts=self._order, subjects=self._subjects, charts=self.charts, places=places
        )

    def told(self, prompt: str, manner: Manner) -> dict[str, Any]:
        """Return the variables that a prompt gets from the evening."""
        return {key: self._told[key] for key in _VARIABLES[prompt]} | {"voice": manner.voice}


_VARIABLES = {
    "plan": ("session", "facts", "signals", "memory", "headlines"),
    "brief": ("session", "facts", "signals", "memory", "headlines", "charts"),
    "repair": ("session", "facts"),
}


def _signals(ledger: Ledger) -> str:
    return "\n".join(f"{s.name}: {s.state} since {s.since}" for s in ledger.signals) or "None."


def _complaints(wrong: Iterable[Problem]) -> str:
    return "\n".join(
        f"- {p.place or 'the whole'} | {json.dumps(p.text, ensure_ascii=False)} | {p.why}"
        for p in wrong
    )


def _located(objections: Iterable[Objection], brief: Brief, ledger: Ledger) -> list[Problem]:
    """Return objections at the places whose printed words they are about."""
    printed = [
        (place, text, _squeezed(_filled(text, ledger))) for place, text in shapes.texts(brief)
    ]
    found = []
    for objection in objections:
        said = _squeezed(objection.sentence)
        places = [(p, t) for p, t, words in printed if words and said and _same(words, said)]
        for place, text in places or [("", objection.sentence)]:
            found.append(Problem(place, text, objection.why))
    return found


def _same(words: str, said: str) -> bool:
    """Tell whether two printed texts are one, or the longer holds the other as a whole."""
    one, other = words.rstrip(".!?"), said.rstrip(".!?")
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > _TELLING and short in long)


def _filled(text: str, ledger: Ledger) -> str:
    try:
        return fill(text, ledger)
    except DraftError:
        return ""


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _in_original(wrong: Iterable[Problem], left: Brief, brief: Brief) -> dict[str, Problem]:
    """Return problems of what is left by the places that their texts have in the whole."""
    now = dict(shapes.texts(left))
    where: dict[str, list[str]] = {}
    for place, text in shapes.texts(brief):
        where.setdefault(text, []).append(place)
    return {
        place: replace(problem, place=place)
        for problem in wrong
        if problem.place
        for place in where.get(now.get(problem.place, ""), [])
    }
