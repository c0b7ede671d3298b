"""The command that shows how past calls did."""

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Json, dump, house, note, table

if TYPE_CHECKING:  # its arithmetic takes most of a second to load, which few commands need
    from newsletter.draft.scorecard import Edge, Outcome, Score, Scorecard


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(scorecard)


def scorecard(
    context: typer.Context,
    sample: Annotated[
        bool, typer.Option("--sample", help="Score what was sent of the sample market instead.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how past calls and triggers turned out, beside naive callers."""
    from newsletter.draft.scorecard import scorecard as scored

    with house(context, quiet=as_json) as opened:
        memory = opened.pipeline.memory.recall()
    card = scored(memory, simulated=sample)
    if as_json:
        dump(card.to_json())
        return
    if not card.outcomes:
        elsewhere = not sample and bool(scored(memory, simulated=True).outcomes)
        note(_nothing(elsewhere))
        return
    table(_CALLS, [_call(outcome) for outcome in card.outcomes])
    if card.scores:
        typer.echo("")
        show_scores(card)
    _explain(card)


def show_scores(card: "Scorecard") -> None:
    """Print how the settled calls did, by horizon."""
    table(_SCORES, [_score(score) for score in card.scores])


_CALLS = ("edition", "call", "over", "due", "outcome", "right", "trailing", "always up")
_SCORES = ("over", "right", "apart", "rate", "95 %", "mean", "95 %", "less trailing",
           "less always up", "verdict")  # fmt: skip


def _nothing(elsewhere: bool) -> str:
    if elsewhere:
        return (
            "No call on real data has been sent yet; `newsletter scorecard --sample` shows those "
            "on the sample market."
        )
    return (
        "No call has been sent yet: a call counts from the evening its edition is approved and "
        "sent (newsletter approve, newsletter send), and is settled when its time has run."
    )


def _call(outcome: "Outcome") -> tuple[str, ...]:
    call = outcome.call
    unit = " points" if "-" in call.subject else "%"
    ended = outcome.state if outcome.value is None else f"{float(outcome.value):+.2f}{unit}"
    answers = (outcome.right, outcome.trailing, outcome.always)
    return (
        call.edition,
        f"{call.subject} {call.direction}",
        call.horizon,
        call.due.isoformat(),
        ended,
        *({None: "", True: "yes", False: "no"}[answer] for answer in answers),
    )


def _score(score: "Score") -> tuple[str, ...]:
    from newsletter.draft.scorecard import TOO_FEW

    rate = score.rate
    return (
        score.horizon,
        f"{rate.hits} of {rate.of}",
        str(score.apart),
        TOO_FEW if rate.share is None else f"{rate.share:.0f}%",
        _range(rate.low, rate.high, "%", ".0f"),
        "" if score.mean is None else f"{score.mean:+.2f}",
        _range(score.low, score.high, "", "+.2f"),
        _less(score.trailing),
        _less(score.always),
        score.verdict,
    )


def _range(low: float | None, high: float | None, unit: str, form: str) -> str:
    return "" if low is None or high is None else f"{low:{form}} to {high:{form}}{unit}"


def _less(edge: "Edge") -> str:
    from newsletter.draft.scorecard import TOO_FEW

    if edge.difference is None:
        return TOO_FEW
    interval = _range(edge.low, edge.high, "", "+.0f")
    return f"{edge.difference:+.0f}" + (f" ({interval})" if interval else "")


def _explain(card: "Scorecard") -> None:
    from newsletter.draft.scorecard import FEWEST

    for outcome in card.outcomes:
        if outcome.state == "unsettled" and outcome.mark:
            call = outcome.call
            note(f"{call.edition}, {call.subject}: unsettled. {outcome.mark.reason}")
    if card.scores:
        note(
            "Right: calls that came true, with Wilson's interval, which takes them for "
            "independent. They are not: calls of neighbouring evenings overlap, and apart says "
            "how many remain once those that share their time count as one. Means and "
            "differences, in points, have a bootstrap interval that minds this, from "
            f"{FEWEST} apart."
        )
        note(
            "Trailing: a caller of whatever led over the stretch before. Always up: a caller of "
            "the fund, or of the first of the pair. Better or worse means: than both."
        )
    note(f"{card.fired} of {card.triggers} things that would change our mind have happened.")
