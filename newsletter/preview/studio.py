"""Studio: draws a choice, and keeps what did not change between two looks."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from newsletter.errors import ConfigError, NotFound
from newsletter.preflight.report import Report
from newsletter.preview import letters
from newsletter.preview import material as materials
from newsletter.preview.choice import Choice
from newsletter.preview.material import Material
from newsletter.preview.workshop import Workshop, stamp
from newsletter.render.letters import Letter
from newsletter.render.rendered import Rendered
from newsletter.review.edition import EditionKey
from newsletter.underway import Making

SAMPLE_SESSION = "2026-08-10"
"""The sample market's evening that is shown where there is no edition."""
_KEPT = 12


@dataclass(frozen=True)
class Proof:
    """A drawn mail.

    Parameters
    ----------
    material : Material
        What it was drawn from.
    mail : Rendered
        The mail.
    seconds : float
        How long drawing took; 0 where it was kept.
    letter : Letter or None
        The letter that it is, where it is no edition.
    """

    material: Material
    mail: Rendered
    seconds: float = 0.0
    letter: Letter | None = None


class Studio:
    """Draws editions of a workspace.

    Parameters
    ----------
    house : Workshop
        The workspace.
    key : str
        The edition or letter that is shown first; empty for the file.
    file : pathlib.Path, optional
        A file to show instead of an edition.
    order : dict of str to str, optional
        ``provider`` and ``path`` from which sessions without an edition are drafted; where
        there is none, only kept editions are shown.
    """

    def __init__(
        self,
        house: Workshop,
        key: str = "",
        file: Path | None = None,
        order: dict[str, str] | None = None,
    ) -> None:
        self.house, self.key, self.file, self.order = house, key, file, order
        self._lock = threading.RLock()
        self._drawn: OrderedDict[Hashable, Any] = OrderedDict()

    # -- what there is -----------------------------------------------------------------

    def shown(self, key: str) -> str:
        """Return the key that is shown where an address says this; empty for the file."""
        return key or ("" if self.file else self.key)

    def material(self, key: str) -> Material:
        """Return what an edition is drawn from.

        Raises
        ------
        NotFound
            If there is no such edition and none can be drafted.
        ConfigError
            If the file cannot be read.
        """
        with self._lock:
            if letters.is_letter(self.shown(key)):
                return self._letter(self.shown(key))
            if not key and self.file is not None:
                mark = stamp([self.file, self.file.with_name("ledger.json")])
                path = self.file
                return self._made(("file", mark), lambda: materials.of_file(path, self._sample))
            parsed = EditionKey.parse(key or self.key)
            edition = self.house.editions.find(parsed)
            if edition is not None:
                version = (edition.revision.content, edition.revision.number, str(edition.state))
                return self._made(
                    ("kept", str(parsed), version),
                    lambda: materials.of_edition(self.house, edition),
                )
            if self.order is None:
                self.house.editions.get(parsed)  # tells what is missing
            return self._made(("drafted", str(parsed)), lambda: self._drafted(parsed))

    def _letter(self, key: str) -> Material:
        letters.require(key)
        return Material(key, key, made="a letter, with sample words")

    def _drafted(self, key: EditionKey) -> Material:
        days = self.house.trading_days(key.session.date)
        days.require(key.session.date)
        order = {**(self.order or {}), "key": str(key)}
        snapshot, facts = self._once(("facts", str(key.session)), lambda: self._facts(order))
        return materials.written(self.house, key, snapshot, facts)

    def _facts(self, order: dict[str, str]) -> Any:
        snapshot = self.house.collect(order)
        return snapshot, self.house.compute(snapshot)

    def _sample(self) -> tuple[str, Any]:
        exchange = self.house.config.publication.exchange
        key = f"{SAMPLE_SESSION}.{exchange}.evening"
        made = self._once(
            ("facts", "sample"), lambda: self._facts({"key": key, "provider": "sample"})
        )
        return key, made[1]

    def before(self, key: str) -> Any:
        """Return the edition of the same list before this one, or None."""
        from newsletter.proofing import kinds_beside

        if not key or letters.is_letter(key):
            return None
        parsed = EditionKey.parse(key)
        found = self.house.editions.before(parsed, kinds_beside(self.house.config, parsed), 1)
        return found[0] if found else None

    # -- drawing -----------------------------------------------------------------------

    def draw(self, choice: Choice) -> Proof:
        """Return the mail of a choice, drawn with the present templates and config.

        Raises
        ------
        NewsletterError, ConfigError
            If there is nothing to draw, or a template or the configuration is broken.
        """
        with self._lock:
            self.house.refresh()
            if letters.is_letter(self.shown(choice.key)):
                return self._proof_of_letter(choice)
            if choice.version == "last":
                return self._last(choice)
            found = self.material(choice.key)
            if choice.version == "kept" or found.draft is None:
                if found.mail is None:
                    raise NotFound("This edition was drafted for the preview; none is kept.")
                return Proof(found, found.mail)
            law = choice.law or self.house.config.jurisdictions
            mark = (found.id, law, stamp(self.house.files()))
            started = perf_counter()
            mail = self._once(("mail", mark), lambda: self._render(found, law))
            return Proof(found, mail, perf_counter() - started)

    def _proof_of_letter(self, choice: Choice) -> Proof:
        if choice.version != "now":
            raise NotFound("A letter is drawn with sample words; none is kept.")
        found, started = self.material(choice.key), perf_counter()
        mark = ("letter", found.key, stamp(self.house.files()))
        made: Letter = self._once(mark, lambda: letters.drawn(self.house, found.key))
        return Proof(found, made.rendered(), perf_counter() - started, made)

    def _render(self, found: Material, law: Any) -> Rendered:
        if found.draft is None or found.ledger is None:
            raise NotFound("There are no facts to draw this draft with.")
        house, config = self.house, self.house.config
        try:
            house.config = config.model_copy(update={"jurisdictions": tuple(law)})
            key = EditionKey.parse(found.key)
            return house.render(key, found.draft, found.ledger, found.snapshot)
        finally:
            house.config = config

    def _last(self, choice: Choice) -> Proof:
        edition = self.before(choice.key or self.key)
        if edition is None:
            raise NotFound("There is no earlier edition of this list in the store.")
        found = materials.of_edition(self.house, edition)
        if found.mail is None:
            raise NotFound(f"The mail of {edition.key} is not kept.")
        return Proof(found, found.mail)

    def report(self, choice: Choice) -> Report | None:
        """Return preflight's report on the mail of a choice; None where there are no facts."""
        with self._lock:
            proof = self.draw(choice)
            found = proof.material
            if found.ledger is None:
                return None
            law = choice.law or self.house.config.jurisdictions
            mark = (proof.mail.sha256, found.ledger.sha256, law, stamp(self.house.files()))
            report: Report = self._once(("report", mark), lambda: self._prove(proof, law))
            return report

    def _prove(self, proof: Proof, law: Any) -> Report:
        house, config, found = self.house, self.house.config, proof.material
        if found.ledger is None:
            raise NotFound("There are no facts to prove this mail with.")
        try:
            house.config = config.model_copy(update={"jurisdictions": tuple(law)})
            by_model = found.draft is not None and found.draft.by_model
            return house.preflight(proof.mail, found.ledger, found.key, by_model=by_model)
        finally:
            house.config = config

    def kept(self, name: str, mail: Rendered, make: Callable[[], Any]) -> Any:
        """Return what was made once for a mail: an inspection, a score."""
        return self._once((name, mail.sha256), make)

    def _made(self, mark: Hashable, make: Callable[[], Material]) -> Material:
        made: Material = self._once(mark, make)
        return made

    def _once(self, mark: Hashable, make: Callable[[], Any]) -> Any:
        if mark not in self._drawn:
            self._drawn[mark] = make()
            while len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(mark)
        return self._drawn[mark]

    # -- what changes by itself --------------------------------------------------------

    def require(self) -> None:
        """Make sure that there is something to show.

        Raises
        ------
        NotFound
            If there is no mail of this key and nobody is making one.
        NewsletterError, ConfigError
            If there is a mail and it cannot be drawn.
        """
        run = self.run(self.key)
        now = self.house.clock.now()
        if run is not None and run.goes_on(now):
            return
        missing = self.file is None and not self.exists(self.key)
        if missing and run is not None:
            raise NotFound(
                f"There is no mail of {self.key}, and nobody is making one. Its last run: "
                f"{run.verdict(now)}"
            )
        self.material("" if self.file else self.key)

    def run(self, key: str) -> Making | None:
        """Return the run that makes or made an edition, or None."""
        run: Making | None = self.house.runs.find(key) if key else None
        return run

    def revision(self, key: str) -> tuple[int, str] | None:
        """Return number and mail of the latest revision, or None while there is none."""
        if not key or letters.is_letter(key):
            return None
        found = self.house.editions.find(EditionKey.parse(key))
        return found and (found.revision.number, found.revision.rendered)

    def mark(self, key: str) -> str:
        """Return a text that changes with every file and revision the mail is drawn from."""
        files = [*self.house.files(), *([self.file] if self.file else [])]
        return str(hash((self.revision(key), stamp(files))))

    def exists(self, key: str) -> bool:
        """Tell whether there is a mail to draw."""
        if not key or letters.is_letter(key):
            return bool(key) or self.file is not None
        return self.order is not None or self.revision(key) is not None

    def list_of(self, choice: Choice, key: str) -> tuple[str, str]:
        """Return list and sender of the copy a choice shows."""
        kinds = self.house.config.editions
        kind = kinds.get(key.rpartition(".")[2]) if key else None
        kind = kind or next(iter(kinds.values()), None)
        if kind is None:
            raise ConfigError("config.yaml has no editions; the copy needs one's list and sender.")
        return choice.list or kind.list, kind.sender
