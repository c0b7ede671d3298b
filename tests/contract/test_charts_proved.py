"""Every figure around every chart is proved, on real sessions of calm, doubt and panic."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
import render_support
from compute_support import universe
from kept_support import Kept

from newsletter.draft import house
from newsletter.preflight.check import check_mail
from newsletter.preflight.report import Verdict
from newsletter.render.chart import charts

FINE = {Verdict.PROVED, Verdict.OPINION}


@pytest.mark.market
@pytest.mark.parametrize("date", [dt.date(2026, 7, 2), dt.date(2020, 3, 16)])
def test_a_mail_with_every_chart_is_proved(kept: Kept, market_bars: Path, date: dt.date) -> None:
    ledger = kept.ledger(str(date), market_bars)
    draft = replace(house.write(ledger, universe()), charts=tuple(charts()))
    key = f"{date}.XNYS.evening"
    close = dt.datetime.combine(date, dt.time(20), dt.UTC)
    mail = render_support.mail(draft, book=ledger, edition_key=key, as_of=close, sources=())
    assert len(mail.images) >= len(charts()) - 1  # no style funds are known in 2020
    report = check_mail(mail.subject, mail.preheader, mail.html, mail.text, ledger)
    assert [claim for claim in report.claims if claim.verdict not in FINE] == []
    figures = {claim.text for claim in report.claims if claim.verdict is Verdict.PROVED}
    for image in mail.images:
        told = [word.strip(".,:") for word in image.alt.split() if word.strip(".,:").endswith("%")]
        assert set(told) <= figures, image.name
