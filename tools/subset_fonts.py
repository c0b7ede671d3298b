"""Make the charts' fonts from the Latin web fonts of Inter: letters and figures only.

Usage: python tools/subset_fonts.py REGULAR.woff SEMIBOLD.woff
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[1] / "newsletter" / "render" / "fonts"
SIGNS = [ord(sign) for sign in "–—‘’“”•…−€↑↓⁄"]
KEPT = [*range(0x20, 0x7F), *range(0xA0, 0x180), *SIGNS]
DIGITS = range(0x30, 0x3A)


def main(regular: str, semibold: str) -> None:
    """Write both cuts to the package."""
    for source, name in ((regular, "Inter-Regular"), (semibold, "Inter-SemiBold")):
        font = TTFont(source)
        font.flavor, font.recalcTimestamp = None, False
        _of_one_width(font)
        _cut(font)
        font["head"].modified = font["head"].created  # the same bytes on every run
        font.save(FONTS / f"{name}.ttf")


def _of_one_width(font: TTFont) -> None:
    """Let figures be the tabular ones, which no renderer need be asked for."""
    table = font["GSUB"].table
    features = [one.Feature for one in table.FeatureList.FeatureRecord if one.FeatureTag == "tnum"]
    tabular: dict[str, str] = {}
    for index in {index for feature in features for index in feature.LookupListIndex}:
        for part in table.LookupList.Lookup[index].SubTable:
            tabular |= getattr(getattr(part, "ExtSubTable", part), "mapping", {})
    for cmap in font["cmap"].tables:
        cmap.cmap.update({c: tabular[cmap.cmap[c]] for c in DIGITS if cmap.cmap.get(c) in tabular})


def _cut(font: TTFont) -> None:
    options = subset.Options()
    options.layout_features = ["kern", "mark", "ccmp"]
    options.hinting = options.glyph_names = False
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=KEPT)
    cutter.subset(font)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
