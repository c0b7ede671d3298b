"""Write docs/signals.md: every measure's formula, source, worked example and limits.

The page is made from the docstrings under newsletter/compute/signals, so it cannot say
anything else than the code does. ``--check`` tells whether it is up to date.
"""

import argparse
import sys
import textwrap
from inspect import cleandoc
from pathlib import Path

from newsletter.compute.signal import Digest, Measure, digests, measures

PAGE = Path(__file__).resolve().parents[1] / "docs" / "signals.md"
HEAD = """# What is computed

Every fact carries the id and version of its formula; this page lists the formulas. It is
made from the code by `make docs`; do not edit it. How a new one is added stands in
[CONTRIBUTING](../CONTRIBUTING.md); what a base rate, its interval and its verdict mean in
[reading a signal](reading-a-signal.md).

"""


def page() -> str:
    """Return the whole page as Markdown."""
    every = {**measures(), **digests()}
    names = sorted(every)
    rows = [f"| [`{every[n].formula}`](#{n}) | {_summary(every[n])} |\n" for n in names]
    bodies = [f'\n## <a id="{n}"></a>{n}\n\n{_body(every[n])}\n' for n in names]
    return "".join([HEAD, "| formula | what it gives |\n|---|---|\n", *rows, *bodies])


def _summary(plugin: Measure | Digest) -> str:
    first = cleandoc(plugin.doc).split("\n\n")[0]
    line = " ".join(first.replace("``", "`").replace("|", "\\|").split())
    return line.removeprefix("Return ").removeprefix("the ").removesuffix(".")


def _body(plugin: Measure | Digest) -> str:
    """Turn numpydoc headings into bold words and its literals into Markdown's."""
    lines = textwrap.dedent(cleandoc(plugin.doc)).replace("``", "`").splitlines()
    out: list[str] = []
    for line in lines:
        if line and set(line) == {"-"} and out:
            out[-1] = f"**{out[-1]}**\n"
        else:
            out.append(line)
    return "\n".join(out)


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
    sys.stderr.write("docs/signals.md is out of date; run `make docs`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
