"""Command that writes and proves a range of past sessions, and says how the writer did."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import (
    Json,
    PathOption,
    ProviderOption,
    day,
    dump,
    house,
    note,
    order,
    table,
)
from newsletter.cli.scorecard import show_scores
from newsletter.errors import ConfigError

MOST = 1300
"""Sessions of one call: five years."""

Sessions = Annotated[
    str,
    typer.Option("--sessions", metavar="A:B", help="First and last day, 2026-04-01:2026-06-30."),
]
Samples = Annotated[
    Path | None,
    typer.Option("--out", help="Directory for each edition's draft and text, to judge by eye."),
]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(evaluate)


def evaluate(
    context: typer.Context,
    sessions: Sessions,
    provider: ProviderOption = None,
    path: PathOption = None,
    edition: Annotated[str, typer.Option(help="Kind of edition.")] = "evening",
    out: Samples = None,
    as_json: Json = False,
) -> None:
    """Write and prove past sessions; say how clean, varied and readable the editions are.

    Nothing is kept in the store and nothing is sent. Each edition knows those before it, as
    it would have on its evening.
    """
    from newsletter.draft.scorecard import scorecard
    from newsletter.evaluation import evaluate as judged

    with house(context, quiet=True) as opened:
        dates = _dates(opened, sessions, edition)
        rehearsal, samples = opened.rehearsal(), []
        for number, date in enumerate(dates, start=1):
            wanted = order(opened, edition, date.isoformat(), provider, path)
            sample, mail = rehearsal.evening(wanted)
            samples.append(sample)
            _keep(out, sample, mail)
            if not as_json:
                state = "clean" if sample.clean else f"{len(sample.report.findings)} findings"
                note(f"{number}/{len(dates)}  {date}  {sample.draft.theme:14} {state}")
        found = judged(samples)
        card = scorecard(rehearsal.memory.recall(), simulated=samples[0].ledger.simulated)
    if as_json:
        calls = {name: part for name, part in card.to_json().items() if name != "calls"}
        dump({**found, "scorecard": calls})
        return
    _tell(found)
    note(f"Calls: {len(card.outcomes)} made, {card.fired} of {card.triggers} triggers fired.")
    if card.scores:
        show_scores(card)


def _dates(opened: Any, sessions: str, edition: str) -> list[dt.date]:
    """Return the days of a stretch after which an edition appears."""
    from newsletter.clock import Session
    from newsletter.schedule import appears

    first, colon, last = sessions.partition(":")
    if not colon:
        raise ConfigError(
            f"--sessions is {sessions!r}; give two days, such as 2026-04-01:2026-06-30."
        )
    begin, end = day(first), day(last)
    if begin > end:
        raise ConfigError(f"--sessions begins on {begin}, after its end {end}; swap the days.")
    calendar = opened.trading_days(end + dt.timedelta(days=14))  # the last one's next
    found: list[dt.date] = calendar.between(begin, end)
    if not found:
        raise ConfigError(f"--sessions {sessions}: the exchange was closed on all those days.")
    kind = opened.config.editions.get(edition)
    if kind is not None:  # of an unknown one the order complains
        exchange = opened.config.publication.exchange
        found = [
            date for date in found
            if appears(opened.config, kind, Session(date, exchange), calendar)
        ]  # fmt: skip
    if not found:
        raise ConfigError(
            f"--sessions {sessions}: no {edition} edition appears after any of those days; "
            "take in the end of a week."
        )
    if len(found) > MOST:
        raise ConfigError(f"--sessions {sessions} are {len(found)} sessions; take at most {MOST}.")
    return found


def _keep(out: Path | None, sample: Any, mail: Any) -> None:
    if out is None:
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{sample.session}.txt").write_text(mail.text, encoding="utf-8")
        (out / f"{sample.session}.draft.json").write_bytes(sample.draft.to_bytes())
    except OSError as error:
        raise ConfigError(f"{out} cannot be written: {error.strerror}; name another.") from error


def _tell(found: dict[str, Any]) -> None:
    repeats, stance = found["repeats"], found["stance"]
    low, high = found["clean_interval"]
    rows = [
        ("editions", f"{found['sessions']}, {found['first']} to {found['last']}"),
        ("clean", f"{found['clean']} ({found['clean_percent']} %, 95 % interval {low}–{high})"),
        ("findings", ", ".join(f"{k} {v}" for k, v in found["findings"].items()) or "none"),
        ("theses", ", ".join(f"{k} {v}" for k, v in found["themes"].items())),
        ("headlines", f"{found['headlines']} different"),
        ("sentences again", f"{repeats['same_percent']} % word for word"),
        ("worded again", f"{repeats['worded_alike_percent']} % with other figures"),
        ("words", " / ".join(str(v) for v in found["words"].values()) + " (least, median, most)"),
        ("grade", " / ".join(str(v) for v in found["grade"].values()) + " (Flesch-Kincaid)"),
        ("stance", f"{stance['with']} with the signal, {stance['against']} against it"),
        ("no stance", f"{stance['neither']} evenings"),
    ]
    table(("measure", "value"), rows)
    if repeats["most_often"]:
        note("Most often:")
        for one in repeats["most_often"]:
            note(f"  {one['editions']} × {one['wording'][:100]}")
