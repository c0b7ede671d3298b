"""Write docs/rules.md: every rule's demand, severity, source, and a good and a bad example.

The page is made from the rules under newsletter/preflight/rules, so it cannot say anything
else than the code does. ``--check`` tells whether it is up to date.
"""

import argparse
import sys
from inspect import cleandoc
from pathlib import Path

from newsletter.preflight.rule import Example, Rule, rules

PAGE = Path(__file__).resolve().parents[1] / "docs" / "rules.md"
MOST = 400
HEAD = """# What preflight finds

Every finding carries the code of its rule; this page lists the rules. It is made from the
code by `make docs`; do not edit it. How a new one is added stands in
[CONTRIBUTING](../CONTRIBUTING.md); what the house declares about itself, which some rules
read, in [compliance](compliance.md).

`block` stops an edition, `warn` and `info` do not. Besides these rules, the proof of figures
and of comparisons reports N01 (a claim is not what the facts say), N02 (the two parts of a
mail disagree), N03 (too many figures to prove), N04 (a figure rests on stale inputs) and N05
(a quotation of withdrawn words); all block, but N05 only where the quotation is not let through,
see [verification](verification.md). An example may lean on what the rule is told besides the
text: notices, registers, earlier editions, facts.

"""


def page() -> str:
    """Return the whole page as Markdown."""
    found = dict(sorted(rules().items()))
    rows = [
        f"| [`{one.id}`](#{one.id.lower()}) | {one.severity} | {_summary(one)} |\n"
        for one in found.values()
    ]
    bodies = [_body(one) for one in found.values()]
    return "".join([HEAD, "| code | severity | what it does |\n|---|---|---|\n", *rows, *bodies])


def _summary(one: Rule) -> str:
    first = cleandoc(one.doc).split("\n\n")[0]
    return " ".join(first.replace("``", "`").replace("|", "\\|").split()).removesuffix(".")


def _body(one: Rule) -> str:
    doc = cleandoc(one.doc).replace("``", "`")
    return (
        f'\n## <a id="{one.id.lower()}"></a>{one.id}\n\n{doc}\n\n'
        f"*{one.severity}* · {one.citation}\n\n"
        f"Passes:\n\n{_shown(one.good)}\n\nFound:\n\n{_shown(one.bad)}\n"
    )


def _shown(examples: tuple[Example, ...]) -> str:
    """Return the first example, preferably one that needs no context, as a code block."""
    one = next((e for e in examples if e.given is None and not e.disclaimers), examples[0])
    text = one.text if len(one.text) <= MOST else one.text[: MOST - 1] + "…"
    # Indented, not fenced: an example may hold a fence of its own. Hidden letters are named.
    visible = "".join(c if c.isprintable() or c == "\n" else f"[U+{ord(c):04X}]" for c in text)
    return "\n".join(f"    {line}".rstrip() for line in visible.splitlines())


def main() -> int:
    """Write the page, or with ``--check`` compare it; 1 when it is out of date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    text = page()
    if not parser.parse_args().check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("docs/rules.md is out of date; run `make docs`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
