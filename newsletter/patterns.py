"""Patterns: regular expressions made once for an installation, not anew by every process.

A process that checks a mail compiles more than a thousand patterns, which takes it a good
second. What `re` makes of them is therefore kept in a file beside this module's bytecode, and
what is found out about them in others, for the same reason and with the same rights: each is
read when it is first asked for and fits, written when a process ends that met what it does not
hold, and never needed. ``python -P -m newsletter.patterns`` writes the patterns at once, for an
installation that its users cannot write to.
"""

import atexit
import contextlib
import importlib.util
import marshal
import pkgutil
import re
import sys
import tempfile
import zlib
from array import array
from functools import cache, reduce
from importlib import import_module
from pathlib import Path
from typing import Any, Final

_parser: Any = import_module("re._parser")
_compiler: Any = import_module("re._compiler")
_sre: Any = import_module("_sre")
_FORMAT: Final = 2
CODE: Final = "code"
"""The kind of file that holds what the engine is told of patterns."""
_ENGINES: Final = frozenset({20220615, 20221023, 20230612})
"""The engines of Python 3.11, 3.12 and 3.13, which take a pattern in the same pieces."""
_AT_MOST: Final = 8_000
"""Patterns in a file; a checkout where they are worked on would else only grow."""
_HERE: Final = Path(__file__)
_Key = tuple[str, int]
Pieces = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]
"""Flags, code, groups and their names: what ``_sre.compile`` takes."""
_Table = dict[_Key, Any]


class Kept:
    """What an installation keeps of its patterns.

    Parameters
    ----------
    beside : pathlib.Path or None
        Its files are named like this one, each with its kind for a suffix; None to keep nothing.

    Notes
    -----
    A file that is not there, is damaged, or is of another Python or of other code counts for
    nothing; nothing here raises because of it.
    """

    def __init__(self, beside: Path | None) -> None:
        fits = _sre.MAGIC in _ENGINES and array("I").itemsize == _sre.CODESIZE
        self._beside = beside if fits else None
        self._held: dict[str, _Table] = {}  # by the kind: what its file held
        self._new: dict[str, _Table] = {}
        self._patterns: dict[_Key, re.Pattern[str]] = {}  # of this process, as `re` keeps some
        self._own: set[_Key] = set()

    def file(self, kind: str = CODE) -> Path | None:
        """Return the file of a kind; None where nothing is kept."""
        return self._beside and self._beside.with_suffix(f".{kind}")

    def compiled(self, pattern: str, flags: int = 0) -> re.Pattern[str]:
        """Return what ``re.compile(pattern, flags)`` returns.

        Parameters
        ----------
        pattern : str
            One that stands in the program; what is made of a reader's words is not kept.
        flags : int
            As for `re.compile`.

        Raises
        ------
        re.error
            If it is no pattern.
        """
        if self._beside is None:
            return re.compile(pattern, flags)
        key = pattern, int(flags)
        made = self._patterns.get(key)
        if made is None:
            made = self._patterns[key] = self._of_file(key) or self._anew(key)
            self._own.add((pattern, made.flags))
        return made

    def _of_file(self, key: _Key) -> re.Pattern[str] | None:
        told = self._of(CODE).pop(key, None)  # nobody asks again
        if told is not None:
            with contextlib.suppress(RuntimeError, TypeError, ValueError, OverflowError):
                return whole(key[0], told)
        return None

    def _anew(self, key: _Key) -> re.Pattern[str]:
        made = pieces(_parser.parse(*key), key[1])
        self.note(CODE, *key, made)
        return whole(key[0], made)

    def known(self, kind: str, pattern: str, flags: int) -> Any:
        """Return what was once found out about a pattern; None where nothing was.

        Parameters
        ----------
        kind : str
            What was asked: the suffix of a file.
        pattern, flags : str, int
            The pattern.
        """
        key = pattern, int(flags)
        found = self._of(kind).get(key)
        return self._new.get(kind, {}).get(key) if found is None else found

    def note(self, kind: str, pattern: str, flags: int, found: Any) -> None:
        """Keep what was found out about a pattern of the program.

        Parameters
        ----------
        kind, pattern, flags : str, str, int
            As for `known`.
        found : anything of which `marshal` makes bytes
            The finding.
        """
        if self._beside is not None:
            if not self._new:
                atexit.register(self.write)
            self._new.setdefault(kind, {})[pattern, int(flags)] = found

    def owns(self, pattern: re.Pattern[str]) -> bool:
        """Tell whether a pattern was made here, and is therefore one of the program's own."""
        return (pattern.pattern, pattern.flags) in self._own

    def written(self) -> bool:
        """Tell whether the file holds every pattern that this process was asked for."""
        return self._patterns.keys() <= _read(self.file()).keys()

    def write(self) -> None:
        """Write what this process met, where such files are written at all."""
        for kind, new in list(self._new.items()):
            file = self.file(kind)
            if file is not None and not sys.dont_write_bytecode:
                table = _read(file) | new  # another process may have written since
                with contextlib.suppress(OSError):
                    _write(file, table if len(table) <= _AT_MOST else new)

    def _of(self, kind: str) -> _Table:
        held = self._held.get(kind)
        if held is None:
            held = self._held[kind] = _read(self.file(kind))
        return held


def pieces(parsed: Any, flags: int) -> Pieces:
    """Return what `re` tells its engine of a pattern, in the way of ``re._compiler.compile``.

    Parameters
    ----------
    parsed : re._parser.SubPattern
        A pattern taken apart.
    flags : int
        What it is to be compiled with.
    """
    code = array("I", _compiler._code(parsed, flags)).tobytes()
    state, groups = parsed.state, dict(parsed.state.groupdict)
    names: list[str | None] = [None] * state.groups
    for name, number in groups.items():
        names[number] = name
    return flags | state.flags, code, state.groups - 1, groups, tuple(names)


def whole(pattern: str | None, told: Pieces) -> re.Pattern[str]:
    """Return the pattern that the engine makes of its pieces, whose code it looks through.

    Parameters
    ----------
    pattern : str or None
        How it is written, where it is.
    told : tuple
        As `pieces` returns them.

    Raises
    ------
    RuntimeError, TypeError, ValueError, OverflowError
        If they are not those of a pattern.
    """
    flags, code, groups, numbers, names = told
    made: re.Pattern[str] = _sre.compile(
        pattern, flags, array("I", code).tolist(), groups, numbers, names
    )
    return made


def _sources() -> list[Path]:
    """Return this file and those that find something out about patterns."""
    return [_HERE, *sorted((_HERE.parent / "preflight" / "scanning").glob("*.py"))]


@cache
def _makers() -> int:
    """Return a sum over the code that made what is kept: of other code nothing is believed."""
    return reduce(lambda total, file: zlib.crc32(file.read_bytes(), total), _sources(), 0)


def _mark(body: bytes | memoryview) -> bytes:
    """Return what stands before a body: who can read it, and that it is whole."""
    reader = repr((_FORMAT, sys.version, _sre.MAGIC, sys.byteorder, f"{_makers():08x}"))
    return reader.encode() + zlib.crc32(body).to_bytes(4, "big")


def _read(file: Path | None) -> _Table:
    """Return what a file holds; nothing where it cannot be read, or not by this program."""
    with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
        if file is not None:
            size = len(_mark(b""))
            raw = memoryview(file.read_bytes())
            if raw[:size] == _mark(raw[size:]):
                return dict(marshal.loads(raw[size:]))  # noqa: S302 # as Python reads bytecode
    return {}


def _write(file: Path, table: _Table) -> None:
    """Write a file in one go: others read the one before until it is whole."""
    body = marshal.dumps(table)
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=file.name, delete=False) as beside:
        new = Path(beside.name)
        try:
            beside.write(_mark(body) + body)
            beside.close()
            new.chmod(0o644)
            new.replace(file)
        except OSError:
            new.unlink(missing_ok=True)
            raise


def _beside_bytecode() -> Path | None:
    """Return this module's bytecode, None where Python keeps none."""
    try:
        return Path(importlib.util.cache_from_source(str(_HERE)))
    except NotImplementedError:
        return None


KEPT: Final = Kept(_beside_bytecode())
compiled: Final = KEPT.compiled


def main() -> None:
    """Write the patterns of preflight, all of which are compiled when its modules are loaded."""
    if KEPT.file() is None:
        sys.stdout.write("No patterns are kept with this Python: each process compiles them.\n")
        return
    if sys.dont_write_bytecode:
        sys.exit("No patterns are kept: this Python writes no bytecode (PYTHONDONTWRITEBYTECODE).")
    package = import_module("newsletter.preflight")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(found.name)
    KEPT.write()
    if not KEPT.written():
        sys.exit(f"{KEPT.file()} could not be written; let who owns the installation run this.")
    sys.stdout.write(f"{KEPT.file()} holds what preflight looks for.\n")


if __name__ == "__main__":
    import_module("newsletter.patterns").main()  # what modules ask, not its double run here
