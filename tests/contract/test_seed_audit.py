"""Five published articles full of errors: the known ones are found, and all are blocked."""

import importlib.util
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.market

ROOT = Path(__file__).resolve().parents[2]
LEAST_FOUND = 0.95


@pytest.fixture(scope="module")
def tool():
    """Return the tool as a module; tools/ is no package."""
    spec = importlib.util.spec_from_file_location("seed_audit", ROOT / "tools" / "seed_audit.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def result(tool, kept, market_bars):
    """The audit; the facts of its sessions are those that other tests have computed too."""

    def ledgers(shared, sessions):
        return [(session, kept.ledger(session, market_bars)) for session in sessions]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tool, "_ledgers", ledgers)
        return tool.audit(market_bars.parents[1])


def test_every_article_is_blocked(result):
    assert [article.id for article in result.articles if not article.report.blocked] == []
    assert len(result.articles) == 5


def test_known_defects_are_found(result):
    missed = [one.defect["id"] for one in result.outcomes if one.finding is None]
    assert result.found >= LEAST_FOUND, missed


def test_every_refuted_figure_is_expected(tool, result):
    """No refuted figure of the published table is left out of what is expected."""
    refuted = {
        (tool.ARTICLES[row["article"]], row["published"].lstrip("-"))
        for row in result.published
        if row["verdict"] in tool.REFUTED
    }
    expected = {
        (one.article.id, quote)
        for one in result.outcomes
        if "CSV" in one.defect["from"]
        for quote in one.defect["quote"]
    }
    for article, figure in refuted:
        short = figure.removesuffix("0")
        assert any(a == article and short in quote for a, quote in expected), (article, figure)


def test_what_counts_stands_on_the_words(tool, result):
    """A finding that counts touches a quote and is of a kind the row names."""
    for one in result.outcomes:
        if one.finding is None or "quote" not in one.defect:
            continue
        spots = [s for q in one.defect["quote"] for s in tool.places(one.article.document, q)]
        span = one.finding.span
        assert any(span.start < s.end and s.start < span.end for s in spots), one.defect["id"]


def test_page_is_current(tool, result):
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(result), (
        "docs/seed-audit.md is out of date; run `python tools/seed_audit.py`"
    )
