"""Charts of ledgers that nobody should have made: no picture or a sound one, never a crash."""

import datetime as dt
import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from chart_support import fan, ledger
from PIL import Image

from newsletter.compute.facts import Fact, Ledger, Series
from newsletter.render.chart import Chart, charts
from newsletter.render.chart_labels import Label, placed, spread
from newsletter.render.chart_ticks import calendar_ticks, number, ticks
from newsletter.render.chart_type import fitted, width, written

Spoil = Callable[[Ledger], Ledger]
HOSTILE = "\x00\x1b[31m</td>\u202e日本 $x^2$ \\frac{1}{2} " + "W" * 400


def _series(change: Callable[[Series], Series]) -> Spoil:
    return lambda book: replace(book, series={id: change(one) for id, one in book.series.items()})


def _numbers(value: Decimal | None) -> Spoil:
    return _series(lambda one: replace(one, values=(value,) * len(one.values)))


def _facts(change: Callable[[Fact], Fact]) -> Spoil:
    return lambda book: replace(book, facts={id: change(one) for id, one in book.facts.items()})


def _valued(value: Decimal) -> Callable[[Fact], Fact]:
    return lambda f: replace(f, value=value) if isinstance(f.value, Decimal) else f


def _scaled(by: str) -> Spoil:
    return _series(
        lambda one: replace(
            one, values=tuple(None if v is None else v * Decimal(by) for v in one.values)
        )
    )


def _one_day(one: Series) -> Series:
    return replace(one, dates=(dt.date(2026, 7, 2),) * len(one.dates))


def _holes(one: Series) -> Series:
    return replace(one, values=tuple(v if k % 3 else None for k, v in enumerate(one.values)))


def _fans(change: Callable[[object], object]) -> Spoil:
    def spoil(book: Ledger) -> Ledger:
        (signal,) = book.signals
        rate = replace(signal.base_rates[0], fan=change(fan()))
        return replace(book, signals=(replace(signal, base_rates=(rate,)),))

    return spoil


SPOILT: dict[str, Spoil] = {
    "nothing known": _numbers(None),
    "not a number": _numbers(Decimal("NaN")),
    "infinite": _numbers(Decimal("Infinity")),
    "all the same": _numbers(Decimal(1)),
    "all nought": _numbers(Decimal(0)),
    "huge": _scaled("1e9"),
    "tiny": _scaled("1e-9"),
    "beyond": _scaled("1e300"),
    "one point": _series(lambda one: replace(one, dates=one.dates[-1:], values=one.values[-1:])),
    "empty": _series(lambda one: replace(one, dates=(), values=())),
    "one day": _series(_one_day),
    "holes": _series(_holes),
    "upside down": _series(lambda one: replace(one, dates=one.dates[::-1])),
    "no series": lambda book: replace(book, series={}),
    "no signals": lambda book: replace(book, signals=()),
    "no facts": lambda book: replace(book, facts={}),
    "facts nought": _facts(_valued(Decimal(0))),
    "facts huge": _facts(_valued(Decimal("1e15"))),
    "facts tiny": _facts(_valued(Decimal("-1e-12"))),
    "hostile names": _facts(lambda one: replace(one, name=HOSTILE)),
    "hostile states": _facts(
        lambda one: replace(one, value=HOSTILE) if isinstance(one.value, str) else one
    ),
    "flat fan": _fans(lambda one: replace(one, **{n: (Decimal(0),) * len(one.ahead) for n in (
        "low_tenth", "low_quarter", "median", "high_quarter", "high_tenth", "all_days")})),
    "short fan": _fans(lambda one: replace(one, ahead=one.ahead[:1])),
    "no fan": _fans(lambda one: None),
}  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=list(SPOILT))
@pytest.mark.parametrize("chart", charts().values(), ids=list(charts()))
def test_a_spoilt_ledger_makes_no_picture_or_a_sound_one(chart: Chart, spoil: Spoil) -> None:
    plate = chart.draw(spoil(ledger()))
    if plate is None:
        return
    assert len(plate.image.png) <= 60_000
    assert plate.title
    assert plate.caption
    assert plate.image.alt
    assert "nan" not in plate.image.alt.lower().split()
    with Image.open(io.BytesIO(plate.image.png)) as picture:
        picture.load()
        assert picture.size == (1120, 2 * plate.image.height)
        assert 200 < plate.image.height < 900


@pytest.mark.parametrize("seed", range(12))
def test_labels_placed_on_a_map_do_not_cover_each_other(seed: int) -> None:
    """Eleven labels of usual width among random points; the same input, the same places."""
    random = np.random.default_rng(seed)
    points = [(float(x), float(y)) for x, y in random.normal((280, 270), (110, 90), (11, 2))]
    labels = [Label(at, float(random.uniform(60, 130)), 22.0) for at in points]
    boxes = placed(labels, [], (14, 40, 546, 500))
    assert boxes == placed(labels, [], (14, 40, 546, 500))
    for k, (left, top, right, bottom) in enumerate(boxes):
        assert 14 <= left < right <= 546
        assert 40 <= top < bottom <= 500
        for other in boxes[k + 1 :]:
            across = min(right, other[2]) - max(left, other[0])
            down = min(bottom, other[3]) - max(top, other[1])
            assert across <= 1e-6 or down <= 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_heights_spread_apart_keep_their_order_and_limits(seed: int) -> None:
    random = np.random.default_rng(seed)
    places = random.uniform(0, 300, 4).tolist()
    room = random.uniform(20, 60, 4).tolist()
    out = spread(places, room, 0, 300)
    order = sorted(range(4), key=places.__getitem__)
    for above, below in itertools.pairwise(order):
        assert out[below] - out[above] >= (room[above] + room[below]) / 2 - 1e-9
    assert out[order[0]] - room[order[0]] / 2 >= -1e-9
    assert out[order[-1]] + room[order[-1]] / 2 <= 300 + 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_ticks_are_few_and_round_and_inside(seed: int) -> None:
    random = np.random.default_rng(seed)
    low = float(random.normal(0, 10.0 ** random.integers(-3, 6)))
    high = low + float(10.0 ** random.uniform(-2, 6))
    found = ticks(low, high)
    assert 1 <= len(found) <= 5
    assert all(low - 1e-9 <= one <= high + 1e-9 for one in found)
    if len(found) > 1:
        step = found[1] - found[0]
        told = [float(number(one, step).replace("−", "-").replace(",", "")) for one in found]
        assert told == pytest.approx(found, abs=step * 1e-3)


@pytest.mark.parametrize("days", [25, 90, 252, 365, 499, 501, 1300, 4000, 9000])
def test_the_calendar_is_ticked_a_few_times_at_most(days: int) -> None:
    last = dt.date(2026, 7, 2)
    found = calendar_ticks(last - dt.timedelta(days=days), last)
    assert len(found) <= 6
    assert found or days < 32
    assert found == sorted(found)
    assert all(date.day == 1 and date <= last for date, _ in found)
    assert all(words == str(date.year) for date, words in found if date.month == 1)


def test_words_that_no_face_has_are_told_as_such() -> None:
    shown, own = written(HOSTILE)
    assert not own
    assert "\x00" not in shown
    assert "\u202e" not in shown
    assert "?" in shown
    assert width(fitted(HOSTILE, 120), 18) <= 120
    assert written("Zürich −2.7% · “n/a” – 5 ÷ 3") == ("Zürich −2.7% · “n/a” – 5 ÷ 3", True)


def test_figures_are_as_wide_as_each_other() -> None:
    for bold in (False, True):
        assert len({round(width(digit * 4, 18, bold), 6) for digit in "0123456789"}) == 1
