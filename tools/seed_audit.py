"""Write docs/seed-audit.md: five published articles, checked against the real facts of their dates.

The articles and the market data stand beside the checkout and are not part of it. What is
expected of each article stands in seed_defects.yaml; whether it is found is decided here by
position, rule and message alone. ``--check`` tells whether the page is up to date.
"""

import argparse
import csv
import html
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from newsletter.app import House
from newsletter.compute.facts import Ledger
from newsletter.preflight.check import check
from newsletter.preflight.report import Claim, Finding, Report, Severity, Span, Verdict
from newsletter.preflight.text.document import Document

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "seed-audit.md"
EXPECTED = Path(__file__).with_name("seed_defects.yaml")
REFUTED = (
    "CONTRADICTED",
    "WRONG FOR ITS DATE",
    "DOES NOT FIT THE OTHERS",
    "NOT REPRODUCED",
    "MATCHES A WRONG FORMULA",
)
OTHER_BASES = ("EXACT", "CONSISTENT", "FITS", "CLOSE")
_WORDS, _MESSAGE = 48, 150


@dataclass(frozen=True)
class Article:
    """One article as `newsletter check` sees it."""

    id: str
    session: str
    dated: str
    document: Document
    report: Report


@dataclass(frozen=True)
class Outcome:
    """Whether a defect was found.

    Parameters
    ----------
    defect : mapping
        The row of seed_defects.yaml.
    article : Article
        Where it stands.
    finding : Finding or None
        The first that counts, one whose comparison is on point preferred.
    on_point : bool
        False where a figure is blocked but compared with a fact of something else.
    """

    defect: Mapping[str, Any]
    article: Article
    finding: Finding | None
    on_point: bool


@dataclass(frozen=True)
class Audit:
    """Everything the page shows."""

    articles: tuple[Article, ...]
    outcomes: tuple[Outcome, ...]
    published: tuple[Mapping[str, str], ...]

    @property
    def found(self) -> float:
        """Share of the expected defects that a finding names by its very words."""
        return sum(one.finding is not None for one in self.outcomes) / len(self.outcomes)

    @property
    def on_point(self) -> float:
        """Share that is found and, where a fact is compared, compared with the right one."""
        return sum(one.on_point for one in self.outcomes) / len(self.outcomes)


def audit(shared: Path = SHARED) -> Audit:
    """Check the five articles.

    Parameters
    ----------
    shared : pathlib.Path
        Directory that holds ``seeds`` and ``market``.
    """
    expected = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
    table = shared / "market" / "published_vs_computed.csv"
    with table.open(encoding="utf-8", newline="") as stream:
        published = tuple(csv.DictReader(stream))
    articles = {one.id: one for one in _articles(shared, expected["articles"])}
    outcomes = [_outcome(row, articles[f"00{row['id'][1]}"]) for row in expected["defects"]]
    return Audit(tuple(articles.values()), tuple(outcomes), published)


def _articles(shared: Path, wanted: Mapping[str, Any]) -> Iterator[Article]:
    ledgers = dict(_ledgers(shared, {str(one["session"]) for one in wanted.values()}))
    for id, one in wanted.items():
        (file,) = (shared / "seeds").glob(f"{id}_*.txt")
        document = Document.of_file(file.name, file.read_text(encoding="utf-8"))
        session = str(one["session"])
        yield Article(id, session, one["dated"], document, check(document, ledgers[session]))


def _ledgers(shared: Path, sessions: Iterable[str]) -> Iterator[tuple[str, Ledger]]:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text((ROOT / "config.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        house = House(config)
        bars = str((shared / "market" / "bars").resolve())
        for session in sorted(sessions):
            order = {"key": f"{session}.XNYS.evening", "provider": "files", "path": bars}
            yield session, house.ledger(order)
        house.close()


def places(document: Document, quote: str) -> list[Span]:
    """Return where a quote stands, whatever white space divides its words.

    Raises
    ------
    ValueError
        If it stands nowhere: then the expectation is mistaken, not the check.
    """
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    found = [Span(*match.span()) for match in re.finditer(pattern, document.text)]
    if not found:
        raise ValueError(f"No article says {quote!r} there; mend {EXPECTED.name}.")
    return found


def _outcome(defect: Mapping[str, Any], article: Article) -> Outcome:
    spots = [spot for quote in defect.get("quote", ()) for spot in places(article.document, quote)]
    counting = [
        one
        for one in article.report.findings
        if _counts(one, defect)
        and (not spots or any(one.span.start < s.end and s.start < one.span.end for s in spots))
    ]
    counting.sort(key=lambda one: one.rule == "N01")  # a rule says more than a lone figure
    right = [one for one in counting if _compared(one, defect, article.report)]
    finding = next(iter(right or counting), None)
    return Outcome(defect, article, finding, bool(right))


def _counts(finding: Finding, defect: Mapping[str, Any]) -> bool:
    return (
        (finding.severity is Severity.BLOCK or defect.get("severity") == finding.severity.value)
        and re.fullmatch(defect["rules"], finding.rule) is not None
        and re.search(defect.get("message", ""), finding.message) is not None
    )


def _compared(finding: Finding, defect: Mapping[str, Any], report: Report) -> bool:
    """Tell whether a finding names a fact of the defect's own matter, or none."""
    claims = [one for one in report.claims if one.span == finding.span and finding.rule == "N01"]
    return all(
        one.verdict is not Verdict.CONTRADICTED
        or re.match(defect.get("facts", ""), one.fact) is not None
        for one in claims
    )


def page(result: Audit) -> str:
    """Return the whole page as Markdown."""
    return "\n".join(
        [
            *_head(result),
            *_expected(result),
            *_bases(result),
            *(line for article in result.articles for line in _article(article)),
        ]
    )


def _head(result: Audit) -> list[str]:
    missed = [one for one in result.outcomes if one.finding is None]
    verdicts = list(Verdict)
    rows = [
        f"| {a.id} | {a.dated} | {a.session} | {len(a.report.claims)} | "
        + " | ".join(str(sum(c.verdict is v for c in a.report.claims)) for v in verdicts)
        + f" | {sum(f.severity is Severity.BLOCK for f in a.report.findings)} | "
        + f"{'yes' if a.report.blocked else 'no'} |"
        for a in result.articles
    ]
    total = len(result.outcomes)
    return [
        "# Five published articles, checked",
        "",
        (
            "What `newsletter check` says of five articles that others published, each against the "
            "facts computed from real closes for the session it speaks of. The page is made by "
            "`python tools/seed_audit.py`; do not edit it. The articles and the data are not part "
            "of this repository."
        ),
        "",
        (
            f"**{total - len(missed)} of {total} known defects are found "
            f"({100 * result.found:.1f} %); {sum(o.on_point for o in result.outcomes)} of them "
            f"({100 * result.on_point:.1f} %) with a message on point, i.e. not compared with a "
            f"fact of something else. {sum(a.report.blocked for a in result.articles)} of "
            f"{len(result.articles)} articles are blocked.**"
        ),
        "",
        f"| article | dated | session | claims | {' | '.join(verdicts)} | blocking | blocked |",
        "|---" * (6 + len(verdicts)) + "|",
        *rows,
        "",
    ]


def _expected(result: Audit) -> list[str]:
    rows = []
    for one in result.outcomes:
        told = _told(one)
        quote = " … ".join(one.defect.get("quote", ["(the whole article)"])[:1])
        row = one.defect
        rows.append(
            f"| {row['id']} | {row['from']} | {_cell(row['what'])} | {_cell(quote)} | {told}"
        )
    return [
        "## Expected defects",
        "",
        (
            "Every defect known from research (A4) and every printed figure that the data refute "
            "(CSV). Found means: a finding of a kind that speaks of such a defect, on these very "
            "words, that blocks (or warns, where a warning is all the defect deserves). “Found, "
            "compared amiss” means that the figure is blocked but its message names a fact of "
            "something else."
        ),
        "",
        "| defect | from | what is wrong | words | result | by |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
    ]


def _told(outcome: Outcome) -> str:
    if outcome.finding is None:
        return "**not found** | |"
    finding = outcome.finding
    state = "found" if outcome.on_point else "found, compared amiss"
    warned = "" if finding.severity is Severity.BLOCK else f" ({finding.severity.value})"
    return f"{state} | {finding.rule}{warned}: {_cell(finding.message, _MESSAGE)} |"


def _bases(result: Audit) -> list[str]:
    """Show the figures that hold on a basis that is not ours."""
    rows = []
    for one in result.published:
        if one["verdict"] not in OTHER_BASES:
            continue
        id = ARTICLES[one["article"]]
        article = next(a for a in result.articles if a.id == id)
        claims = list(_printed(article, one["published"]))
        said = Counter(_verdict(claim) for claim in claims)
        ours = "; ".join(f"{what} ({n}×)" if n > 1 else what for what, n in said.items())
        rows.append(
            f"| {id} | {_cell(one['item'])} | {one['published']} | {one['verdict'].lower()} | "
            f"{_cell(one['basis_that_fits'])} | {_cell(ours or 'no claim')} |"
        )
    return [
        "## Right on another basis",
        "",
        (
            "These figures are reproduced by real closes, but mostly from the close of the year's "
            "*first* session, or from the first row of a year's download. Our stated convention "
            "counts from the last close of the year before, so most are contradicted here. They "
            "are no errors of arithmetic and do not count above."
        ),
        "",
        "| article | figure | printed | research says | basis that fits | our verdict |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
    ]


ARTICLES = {
    "~11-12 Dec 2025": "004",
    "5 Jul 2026": "000",
    "2 Jan 2026": "001",
    "17 Jan 2026": "002",
    "Jan 2026 (as of 16 Jan)": "003",
    "Jan 2026 risk": "003",
}
"""Which article the table of published figures means."""


def _printed(article: Article, figure: str) -> Iterator[Claim]:
    """Yield the claims whose words are a printed figure."""
    pattern = re.compile(rf"[+−-]?{re.escape(figure.lstrip('-'))}0?\s*(?:%|per ?cent)?")
    for claim in article.report.claims:
        if pattern.fullmatch(claim.text):
            yield claim


def _verdict(claim: Claim) -> str:
    against = f", {claim.expected} ({claim.fact})" if claim.expected else ""
    return f"{claim.verdict.value}{against}"


def _article(article: Article) -> list[str]:
    report = article.report
    blocks = Counter((f.rule, f.severity.value) for f in report.findings)
    claims = [
        f"| {_cell(c.text, _WORDS)} | {c.kind} | {c.verdict.value} | {_cell(c.fact, 60)} | "
        f"{_cell(c.expected, 60)} |"
        for c in report.claims
    ]
    findings = [
        f"| {f.rule} | {f.severity.value} | {_cell(f.words, _WORDS)} | "
        f"{_cell(f.message, _MESSAGE)} |"
        for f in sorted(report.findings, key=lambda f: (f.rule, f.span.start))
        if f.rule != "N01"  # the claims say the same
    ]
    counted = ", ".join(f"{rule} {n} ({level})" for (rule, level), n in sorted(blocks.items()))
    return [
        f"## Article {article.id}, {article.dated}",
        "",
        f"Session {article.session}. Findings: {counted}.",
        "",
        "| words | kind | verdict | fact | what is true |",
        "|---|---|---|---|---|",
        *claims,
        "",
        "| rule | severity | words | finding |",
        "|---|---|---|---|",
        *findings,
        "",
    ]


def _cell(text: str, most: int = 400) -> str:
    """Make words fit for a cell: on one line, cut where long, no mark of Markdown alive."""
    line = " ".join(text.split())
    line = line if len(line) <= most else line[: most - 1] + "…"
    return re.sub(r"[|*_`\[\]\\~]", lambda m: f"&#{ord(m[0])};", html.escape(line, quote=False))


def main() -> int:
    """Write the page, or with ``--check`` compare it; 1 when it is out of date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--missed", action="store_true", help="list what is not found")
    options = parser.parse_args()
    if not SHARED.is_dir():
        sys.stderr.write("The articles are not beside the checkout; nothing to do.\n")
        return 0
    result = audit()
    if options.missed:
        for one in result.outcomes:
            if not one.on_point:
                state = "amiss" if one.finding else "MISSED"
                tail = f" | {one.finding.message}" if one.finding else ""
                sys.stdout.write(f"{state} {one.defect['id']}: {one.defect['what']}{tail}\n")
        sys.stdout.write(f"{result.found:.4f} found, {result.on_point:.4f} on point\n")
        return 0
    text = page(result)
    if not options.check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("docs/seed-audit.md is out of date; run `python tools/seed_audit.py`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
