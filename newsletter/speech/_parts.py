"""A long script in parts that a service takes, and their recordings as one."""

import re
import struct
import wave
from collections.abc import Sequence
from pathlib import Path

from newsletter.speech.port import SpeechError

MOST = 3800
"""Characters of one request; OpenAI's limit is 4,096."""

_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_HEADS: dict[str, tuple[bytes, ...]] = {
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2"),
    "opus": (b"OggS",),
    "aac": (b"\xff\xf1", b"\xff\xf9"),
    "wav": (b"RIFF",),
}


def parts(script: str, most: int = MOST) -> list[str]:
    """Cut a script at ends of paragraphs, else of sentences, else of words.

    Parameters
    ----------
    script : str
        Paragraphs parted by empty lines.
    most : int
        Characters of the longest part.

    Returns
    -------
    list of str
        Whose words, one after another, are the script's.
    """
    found: list[str] = []
    for paragraph in filter(None, (each.strip() for each in script.split("\n\n"))):
        if found and len(found[-1]) + 2 + len(paragraph) <= most:
            found[-1] += f"\n\n{paragraph}"
        elif len(paragraph) <= most:
            found.append(paragraph)
        else:
            found.extend(_packed(_SENTENCE.split(paragraph), most))
    return found


def _packed(pieces: Sequence[str], most: int) -> list[str]:
    found: list[str] = []
    for piece in pieces:
        if found and len(found[-1]) + 1 + len(piece) <= most:
            found[-1] += f" {piece}"
        elif len(piece) <= most:
            found.append(piece)
        elif " " in piece:
            found.extend(_packed(piece.split(), most))
        else:
            found.extend(piece[start : start + most] for start in range(0, len(piece), most))
    return found


def looks_like(head: bytes, format: str) -> bool:
    """Tell whether a recording begins as its format does."""
    return head.startswith(_HEADS[format])


def join(recordings: Sequence[bytes], format: str, out: Path) -> float | None:
    """Write recordings one behind the other; return the playing time where it is known.

    MP3 and AAC are frames and Opus pages, which may follow one another; of WAV the samples
    are put together under one new head.

    Raises
    ------
    SpeechError
        If WAV parts cannot be read or do not fit together.
    """
    if format != "wav":
        out.write_bytes(b"".join(recordings))
        return None
    read = [_samples(one) for one in recordings]
    shape = read[0][0]
    if any(one != shape for one, _ in read):
        raise SpeechError("The speech service changed its sampling between parts of one script.")
    channels, rate, width = shape
    with wave.open(str(out), "wb") as sound:
        sound.setnchannels(channels)
        sound.setframerate(rate)
        sound.setsampwidth(width)
        for _, samples in read:
            sound.writeframes(samples)
    return sum(len(samples) for _, samples in read) / (channels * rate * width)


def _samples(data: bytes) -> tuple[tuple[int, int, int], bytes]:
    """Return channels, rate, sample width and samples of a WAV file.

    A service that streams does not know the length when it writes the head, and writes none
    or the largest number there is; what follows is then all there is.
    """
    at, shape = 12, None
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        at += 8
        if name == b"fmt " and at + 16 <= len(data):
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, at)
            shape = (channels, rate, bits // 8) if kind in {1, 0xFFFE} else None
        elif name == b"data" and shape is not None and all(shape):
            whole = min(size or len(data), len(data) - at)
            return shape, data[at : at + whole - whole % (shape[0] * shape[2])]
        at += size + size % 2
    raise SpeechError("The speech service sent a WAV file without samples that can be read.")
