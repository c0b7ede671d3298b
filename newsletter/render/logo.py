"""The publication's logo: read once, made a small PNG that every client shows."""

import io

from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from newsletter.errors import ConfigError
from newsletter.render.rendered import Image

NAME = "logo"
"""Content-ID stem; no chart may have it."""
MOST_BYTES = 2_000_000
MOST_WIDTH = 320
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MOST_PIXELS = 40_000_000


def logo(data: bytes, height: int, publication: str, source: str) -> Image:
    """Return a logo ready for the mail, at twice its printed size.

    The picture is drawn anew, so that nothing but its pixels goes out: no metadata, no
    place where it was taken.

    Parameters
    ----------
    data : bytes
        A PNG, JPEG, GIF or WebP picture.
    height : int
        Printed height, CSS pixels.
    publication : str
        The text alternative: it stands where pictures are not shown.
    source : str
        Name of the file, for complaints.

    Raises
    ------
    ConfigError
        If it is no such picture, or its file or its shape is unreasonable.
    """
    if len(data) > MOST_BYTES:
        raise ConfigError(f"The logo {source} has {len(data):,} bytes; at most {MOST_BYTES:,}.")
    try:
        with Pillow.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise ConfigError(f"The logo {source} has more than {_MOST_PIXELS:,} pixels.")
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Pillow.DecompressionBombError) as error:
        raise ConfigError(
            f"The logo {source} cannot be read as PNG, JPEG, GIF or WebP; save it as PNG."
        ) from error
    width = max(1, round(drawn.width * height / drawn.height))
    if width > MOST_WIDTH:
        raise ConfigError(
            f"The logo {source} would be {width} pixels wide at a height of {height}; "
            f"lower publication.brand.logo_height so that it fits {MOST_WIDTH}."
        )
    drawn = drawn.resize((2 * width, 2 * height), Pillow.Resampling.LANCZOS)
    out = io.BytesIO()
    drawn.quantize(colors=128, method=Pillow.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return Image(NAME, publication, out.getvalue(), width, height)
