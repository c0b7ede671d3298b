"""Some evenings with faults through the whole product; `make two-years` lives through 502."""

import datetime as dt
import random

import pytest
from lengths import length
from two_years import FAULTS, Years, dues

SHORT = ("killed", "late", "away")


def test_every_session_comes_to_the_one_end_that_was_drawn_for_it(tmp_path):
    chance = random.Random(7)
    years = Years(tmp_path, chance)
    expected = dues(dt.date(2025, 1, 2), len(SHORT))
    years.live(expected, iter(SHORT))
    years.hold_to(expected)
    years.house.close()


@pytest.mark.drill
def test_all_faults_in_turn(tmp_path):
    chance = random.Random(11)
    years, faults = Years(tmp_path, chance), sorted(FAULTS) * length(1, 2)
    expected = dues(dt.date(2025, 2, 3), len(faults) * 2)
    years.live(expected, iter(faults * 2))
    years.hold_to(expected)
    years.house.close()
