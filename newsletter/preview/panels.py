"""Panels: what is said beside the mail, one page of HTML each."""

import difflib
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from importlib import resources
from typing import Any

import jinja2

from newsletter.errors import ConfigError, NewsletterError, NotFound
from newsletter.preflight.report import Report, Severity, Verdict
from newsletter.preview.checked import checked
from newsletter.preview.choice import Choice
from newsletter.preview.compare import compared
from newsletter.preview.header_fields import fields
from newsletter.preview.letters import is_letter
from newsletter.preview.message import message, own
from newsletter.preview.spam import score
from newsletter.preview.studio import Proof, Studio
from newsletter.render.inspect.inspection import inspect
from newsletter.render.personal import Own

FINE = frozenset({Verdict.PROVED, Verdict.OPINION})
GRAVEST = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}

Words = dict[str, Any]


class Panels:
    """Fills the pages of the panels.

    Parameters
    ----------
    studio : Studio
        Draws.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._makers: dict[str, Callable[[Choice], Words]] = {
            "text": self._text, "script": self._script, "source": self._source,
            "headers": self._headers, "inbox": self._inbox, "findings": self._findings,
            "claims": self._claims, "checks": self._checks, "compare": self._compare,
            "spam": self._spam, "model": self._model,
        }  # fmt: skip

    @cached_property
    def pages(self) -> jinja2.Environment:
        """The preview's own pages; every value in them is escaped."""
        folder = resources.files("newsletter.preview") / "pages"
        return jinja2.Environment(
            loader=jinja2.FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(self, name: str, choice: Choice) -> dict[str, Any]:
        """Return a panel as plain JSON data: its HTML, and what its tab counts.

        Raises
        ------
        NotFound
            If there is no such panel.
        NewsletterError, ConfigError
            If the mail cannot be drawn.
        """
        if name not in self._makers:
            raise NotFound(f"There is no panel {name[:40]!r}; there are {', '.join(self._makers)}.")
        words = self._makers[name](choice)
        html = self.pages.get_template(f"{name}.html.j2").render(words)
        return {"html": html, "badge": words.get("badge", ""), "tone": words.get("tone", "")}

    # -- the mail in other forms -------------------------------------------------------

    def _drawn(self, choice: Choice) -> tuple[Proof, Own]:
        proof = self._studio.draw(choice)
        return proof, own(self._studio, choice, proof.material.key or self._studio.key)

    def _text(self, choice: Choice) -> Words:
        proof, mine = self._drawn(choice)
        text = mine.text(proof.mail)
        widest = max(map(len, text.splitlines()), default=0)
        return {"text": text, "widest": widest, "words": len(text.split())}

    def _source(self, choice: Choice) -> Words:
        proof, mine = self._drawn(choice)
        # By \n only: that is how the lines are counted which remarks name.
        lines = mine.html(proof.mail).split("\n")
        return {"lines": [line.rstrip("\r") for line in lines]}

    def _script(self, choice: Choice) -> Words:
        text = self._studio.draw(choice).mail.narration.strip()
        words, pace = len(text.split()), self._studio.house.config.speech.words_per_minute
        return {"text": text, "words": words, "minutes": max(1, round(words / pace))}

    def _headers(self, choice: Choice) -> Words:
        data = message(self._studio, choice, self._studio.draw(choice))
        head = data.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        shown = head.decode("utf-8", "replace")
        return {"fields": fields(data), "raw": shown, "bytes": len(data)}

    def _inbox(self, choice: Choice) -> Words:
        proof = self._studio.draw(choice)
        _, sender = self._studio.list_of(choice, proof.material.key)
        mail, name = proof.mail, self._studio.house.config.senders[sender].from_name
        body = " ".join(mail.text.split())
        shown = mail.preheader or body[:140]
        return {"sender": name, "subject": mail.subject, "preheader": shown,
                "lengths": (len(mail.subject), len(mail.preheader))}  # fmt: skip

    # -- what is proved and found ------------------------------------------------------

    def _report(self, choice: Choice) -> Report:
        report = self._studio.report(replace(choice, marks=False))
        if report is None and is_letter(self._studio.shown(choice.key)):
            raise NotFound("A letter is drawn with sample words here, which no facts prove.")
        if report is None:
            raise NotFound(
                "There are no facts to prove this mail with: a file comes without a ledger. "
                "Preview an edition, or lay its ledger.json beside the draft."
            )
        return report

    def _findings(self, choice: Choice) -> Words:
        found = sorted(self._report(choice).findings, key=lambda one: GRAVEST[one.severity])
        blocks = sum(one.severity is Severity.BLOCK for one in found)
        tone = "bad" if blocks else "warn" if found else "good"
        return {"findings": found, "blocks": blocks, "badge": str(len(found)), "tone": tone}

    def _claims(self, choice: Choice) -> Words:
        report, proof = self._report(choice), self._studio.draw(choice)
        ledger = proof.material.ledger
        rows: list[Words] = []
        for number, claim in enumerate(report.claims):
            fact = ledger.get(claim.fact) if ledger is not None else None
            rows.append({"number": number, "claim": claim, "fact": fact,
                         "fine": claim.verdict in FINE})  # fmt: skip
        rows.sort(key=lambda row: bool(row["fine"]))
        wrong = sum(not row["fine"] for row in rows)
        tone = "bad" if wrong else "good"
        return {"rows": rows, "wrong": wrong, "badge": str(len(rows)), "tone": tone}

    def _checks(self, choice: Choice) -> Words:
        proof = self._studio.draw(choice)
        _, name = self._studio.list_of(choice, proof.material.key)
        sender = self._studio.house.config.senders[name]
        mail = proof.mail

        def make() -> Words:
            found = inspect(mail, from_name=sender.from_name, from_address=sender.from_address)
            return checked(found, mail)

        found: Words = self._studio.kept(f"inspection {name}", mail, make)
        return found

    def _spam(self, choice: Choice) -> Words:
        proof = self._studio.draw(choice)
        data = message(self._studio, choice, proof)
        found = self._studio.kept(
            f"spam {choice.reader} {choice.watch}", proof.mail, lambda: score(data)
        )
        badge = "" if found.points is None else f"{found.points:.1f}"
        over = found.points is not None and found.points >= (found.limit or 5)
        return {"score": found, "badge": badge, "tone": "bad" if over else ""}

    # -- where it comes from -----------------------------------------------------------

    def _compare(self, choice: Choice) -> Words:
        proof = self._studio.draw(replace(choice, version="now"))
        against: list[Words] = []
        for version, title in (("kept", "the mail as it is kept"), ("last", "the last edition")):
            try:
                other = self._studio.draw(replace(choice, version=version))
            except (NewsletterError, ConfigError) as error:
                against.append(
                    {"version": version, "title": title, "problem": str(error), "key": ""}
                )
                continue
            paragraphs = compared(other.mail.text, proof.mail.text)
            same = other.mail.html == proof.mail.html
            likeness = difflib.SequenceMatcher(
                None, other.mail.text.split(), proof.mail.text.split(), autojunk=False
            ).quick_ratio()
            against.append(
                {"version": version, "title": title, "problem": "", "paragraphs": paragraphs,
                 "same": same, "key": other.material.key, "likeness": round(100 * likeness)}
            )  # fmt: skip
        return {"against": against}

    def _model(self, choice: Choice) -> Words:
        from newsletter import assets
        from newsletter.draft.prompt import Prompts

        house, found = self._studio.house, self._studio.material(choice.key)
        draft, problem, missing = found.draft, "", ""
        asked: list[Words] = []
        try:
            Prompts.of(assets.texts("prompts", house.base, suffixes={".md"}))
        except ConfigError as error:
            problem = str(error)
        if draft is not None and draft.transcript:
            try:
                asked = house.pipeline.transcript(draft.transcript).to_json()["exchanges"]
            except NewsletterError:  # a draft from a file may have been written elsewhere
                missing = "A language model was asked for this draft, but this store has no record."
        return {"asked": asked, "missing": missing, "draft": draft, "problem": problem,
                "made": found.made, "badge": "!" if problem else "",
                "tone": "bad" if problem else ""}  # fmt: skip
