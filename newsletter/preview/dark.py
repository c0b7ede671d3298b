"""Dark by force: colours rewritten as clients do that do not ask the mail.

Gmail on iOS and Outlook on Windows turn every colour's lightness round; Outlook.com and
Gmail on Android darken bright grounds and brighten dark text, and leave the rest. Hue and
saturation stay. What each client does exactly is not published; this is the worst of what
their readers see, and a mail that is legible here is legible there.
"""

import colorsys
import re

_HEX = r"[#][0-9a-fA-F]{6}\b|[#][0-9a-fA-F]{3}\b"
_RGB = r"rgba?\(\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}[^)]*\)"
_NAMED = {"white": "#ffffff", "black": "#000000"}
_DECLARED = re.compile(
    rf"""(?P<name>\b(?:background(?:-color)?|border[a-z-]*|color|bgcolor|outline[a-z-]*))
    (?P<mid>\s*[:=]\s*["']?[^;"'>}}]*?)(?P<colour>{_HEX}|{_RGB}|\bwhite\b|\bblack\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_SHEET = re.compile(r"(<style\b[^>]*>)(.*?)(</style\s*>)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"""<[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>""")
_HEAD_END = re.compile(r"</head\s*>", re.IGNORECASE)
GROUND, INK = "#121212", "#e6e6e6"
"""What such clients put where a mail says nothing."""


def forced(html: str, *, whole: bool) -> str:
    """Return a document with its colours darkened.

    Parameters
    ----------
    html : str
        The document.
    whole : bool
        Turn every colour round; else bright grounds and dark text only.
    """

    def one(found: re.Match[str]) -> str:
        ground = found["name"].lower().startswith(("background", "bgcolor"))
        return found["name"] + found["mid"] + turned(found["colour"], whole=whole, ground=ground)

    html = _SHEET.sub(lambda sheet: sheet[1] + _DECLARED.sub(one, sheet[2]) + sheet[3], html)
    html = _TAG.sub(lambda tag: _DECLARED.sub(one, tag[0]), html)
    base = (
        f"<style>:where(html){{background:{GROUND};color:{INK}}}:where(a){{color:#8ab4f8}}</style>"
    )
    found = _HEAD_END.search(html)
    at = found.start() if found else 0
    return html[:at] + base + html[at:]


def turned(colour: str, *, whole: bool, ground: bool) -> str:
    """Return a colour with its lightness turned round.

    Parameters
    ----------
    colour : str
        ``#rgb``, ``#rrggbb``, ``rgb()``, ``white`` or ``black``.
    whole : bool
        Whatever it is; else only a bright ground or dark text.
    ground : bool
        Whether it is a ground.

    Examples
    --------
    >>> turned("#ffffff", whole=True, ground=True), turned("#000", whole=False, ground=False)
    ('#121212', '#ffffff')
    >>> turned("#000000", whole=False, ground=True)
    '#000000'
    """
    red, green, blue = _parts(colour)
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    if not whole and (light < 0.5) is ground:
        return colour
    light = max(1 - light, 0.07) if ground or light > 0.5 else 1 - light
    channels = colorsys.hls_to_rgb(hue, light, saturation)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _parts(colour: str) -> tuple[float, float, float]:
    colour = _NAMED.get(colour.lower(), colour)
    if colour.startswith("#"):
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    else:
        red, green, blue = (min(255, int(part)) for part in re.findall(r"\d+", colour)[:3])
    return red / 255, green / 255, blue / 255
