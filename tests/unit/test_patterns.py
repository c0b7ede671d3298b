"""Patterns that are read from the file find what `re` finds, and nobody depends on the file."""

import ast
import os
import random
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from newsletter import patterns
from newsletter.patterns import KEPT, Kept
from newsletter.preflight.assertion import assertions
from newsletter.preflight.check import check_mail
from newsletter.preflight.rule import rules
from newsletter.preflight.scanning import sieve, ways
from newsletter.preflight.scanning.quick import _looking_ahead, quick
from newsletter.preflight.scanning.ways import Ways

ROOT = Path(__file__).resolve().parents[2]
ODD = [
    (r"\b(?P<up>rose)(?:s|t)?(?P<more> more)?\b", re.IGNORECASE),
    (r"(?<=over )(?i:three)|(?<!x)[^\W\d_]+", 0),
    (r"(?x) a  b # a comment", re.MULTILINE),
    (r"(a)(?:b(?P<c>c))*?(?(1)d|e)\1", re.DOTALL),
    ("ſ|İ|[à-ÿ]{2,}+(?>x*)", re.IGNORECASE | re.ASCII),
    ("", 0),
]


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(patterns, "atexit", SimpleNamespace(register=lambda _: None))
    return tmp_path / "deep" / "kept.code"


def written(file, asked=ODD):
    """Return what a process leaves behind that asked for some patterns."""
    kept = Kept(file)
    for pattern, flags in asked:
        kept.compiled(pattern, flags)
    kept.write()
    return file


def compiles_nothing(monkeypatch):
    def refused(*_):
        raise AssertionError("a pattern that the file holds was compiled")

    monkeypatch.setattr(patterns, "pieces", refused)


def alike(found, wanted):
    # Patterns are equal when their flags, their code and their text are.
    assert found == wanted
    assert dict(found.groupindex) == dict(wanted.groupindex)
    assert (found.groups, found.pattern, found.flags) == (
        wanted.groups, wanted.pattern, wanted.flags,
    )  # fmt: skip


@cache
def asked() -> tuple[tuple[str, int], ...]:
    """Return every pattern that preflight asks for."""
    assert check_mail
    assert assertions()
    assert rules()
    return tuple(KEPT._patterns)


def test_what_is_compiled_is_what_re_compiles(file):
    kept = Kept(file)
    for pattern, flags in ODD:
        alike(kept.compiled(pattern, flags), re.compile(pattern, flags))
        assert kept.compiled(pattern, flags) is kept.compiled(pattern, flags)


def test_what_is_read_is_what_re_compiles(file, monkeypatch):
    known = written(file, asked())
    compiles_nothing(monkeypatch)
    kept = Kept(known)
    for pattern, flags in asked():
        alike(kept.compiled(pattern, flags), re.compile(pattern, flags))
    assert len(asked()) > 1_000


def test_a_pattern_that_is_none_is_refused_as_by_re(file):
    with pytest.raises(re.error, match="unterminated"):
        Kept(file).compiled("(", 0)


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_file_counts_for_nothing(file, seed):
    raw, chance = bytearray(written(file).read_bytes()), random.Random(seed)
    if seed % 2:
        raw = raw[: chance.randrange(len(raw))]
    else:
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    file.write_bytes(raw)
    assert patterns._read(file) == {}
    kept = Kept(file)
    for pattern, flags in ODD:
        alike(kept.compiled(pattern, flags), re.compile(pattern, flags))
    kept.write()
    assert patterns._read(file).keys() == {(pattern, int(flags)) for pattern, flags in ODD}


def test_another_python_s_file_counts_for_nothing(file, monkeypatch):
    written(file)
    monkeypatch.setattr(sys, "version", "3.11.99 (another build)")
    assert patterns._read(file) == {}


def test_what_other_code_found_out_counts_for_nothing(file, tmp_path, monkeypatch):
    """After an upgrade: the file stays where it is, and what is new would look elsewhere."""
    here = tmp_path / "newsletter" / "patterns.py"
    shutil.copytree(Path(sieve.__file__).parent, here.parent / "preflight" / "scanning")
    shutil.copy(patterns.__file__, here)
    same = patterns._makers()
    monkeypatch.setattr(patterns, "_HERE", here)
    for changed in (None, here, here.parent / "preflight" / "scanning" / "ways.py"):
        written(file)
        assert len(patterns._read(file)) == len(ODD)
        if changed is not None:
            changed.write_text(changed.read_text() + "\nMORE = 1\n")
        patterns._makers.cache_clear()
        assert (patterns._makers() == same) is (changed is None)
        assert (patterns._read(file) == {}) is (changed is not None)
    monkeypatch.undo()
    patterns._makers.cache_clear()


def test_pieces_that_the_engine_refuses_are_made_anew(file):
    key = ODD[0][0], int(ODD[0][1])
    file.parent.mkdir()
    patterns._write(file, {key: (34, b"\xff" * 8, 0, {}, (None,))})
    alike(Kept(file).compiled(*ODD[0]), re.compile(*ODD[0]))


def test_two_processes_add_to_one_file(file, monkeypatch):
    both = Kept(file), Kept(file)
    for one, (pattern, flags) in zip(both, ODD[:2], strict=True):
        one.compiled(pattern, flags)
        one.note("sieve", pattern, flags, frozenset({"x"}))
    for one in both:
        one.write()
    compiles_nothing(monkeypatch)
    for pattern, flags in ODD[:2]:
        alike(Kept(file).compiled(pattern, flags), re.compile(pattern, flags))
        assert Kept(file).known("sieve", pattern, flags) == {"x"}
        assert Kept(file).known("ways", pattern, flags) is None


def test_threads_may_ask_at_once(file):
    kept, keys = Kept(written(file, asked()[:50])), asked()[:100]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: [kept.compiled(*key) for key in keys], range(8)))
    assert found == 8 * [[re.compile(*key) for key in keys]]


def test_where_no_bytecode_is_written_nothing_is(file, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert not written(file).exists()


def test_a_place_that_cannot_be_written_to_is_left_alone(tmp_path, file):
    (tmp_path / "deep").write_text("a file, where a folder should be")
    written(file)
    alike(Kept(file).compiled(*ODD[0]), re.compile(*ODD[0]))
    assert [one.name for one in tmp_path.iterdir()] == ["deep"]


def test_an_unknown_engine_is_told_patterns_as_they_are_written(file, monkeypatch):
    monkeypatch.setattr(patterns, "_ENGINES", frozenset())
    alike(Kept(file).compiled(*ODD[0]), re.compile(*ODD[0]))
    assert not written(file).exists()


def test_a_file_that_grew_too_large_is_begun_anew(file, monkeypatch):
    written(file, ODD[:4])
    monkeypatch.setattr(patterns, "_AT_MOST", 4)
    written(file, ODD[4:])
    assert len(patterns._read(file)) == len(ODD[4:])


def test_what_is_kept_of_a_pattern_is_what_would_be_found_out(file):
    assert asked()  # for all of which `quick` was asked before, by this process or another
    told = KEPT._of("quick") | KEPT._new.get("quick", {})
    assert len(told) > 200
    assert {key: _looking_ahead(*key) for key in told} == told
    kept, found = Kept(file), {}
    for key in asked()[::7]:
        pattern = KEPT.compiled(*key)
        found[key] = sieve._found(pattern)
        kept.note("sieve", *key, found[key])
    kept.write()
    assert patterns._read(kept.file("sieve")) == found


def test_the_next_process_goes_the_same_ways(file, monkeypatch):
    """A beginning for which a pattern was made once finds the same with it, read anew."""
    first = Kept(file)
    monkeypatch.setattr(ways, "KEPT", first)
    monkeypatch.setattr(Ways, "made", 0)
    monkeypatch.setattr(Ways, "noted", 0)  # whatever this process has met before
    words = [f"{a}{b}{c}ing" for a in "bcdfg" for b in "aeiou" for c in "lmn"]
    text = rf"\b(?:{'|'.join(words)}|(?P<other>x\w+))\b"
    fronts = frozenset({*(word[:3] for word in words), "x"})
    wanted = re.compile(text, re.IGNORECASE)

    def met(kept):
        made = Ways(kept.compiled(text, re.IGNORECASE), fronts)
        for word in [*words, "xylem", "Xray", "bath"] * (ways._OFTEN + 1):
            way = made[word[:3].lower()]
            found, want = way and way.match(word), wanted.match(word)
            assert (found and (found.regs, found.groupdict())) == (
                want and (want.regs, want.groupdict())
            )
        return len(made._made)

    assert met(first) > 10
    first.write()
    later = Kept(file)
    monkeypatch.setattr(ways, "KEPT", later)
    monkeypatch.setattr(ways, "pieces", lambda *_: pytest.fail("made anew"))
    assert met(later) > 10


def test_what_the_next_process_is_told_of_ways_is_bounded(file, monkeypatch):
    kept = Kept(file)
    monkeypatch.setattr(ways, "KEPT", kept)
    monkeypatch.setattr(Ways, "made", 0)
    monkeypatch.setattr(Ways, "noted", ways._NOTED_AT_MOST - 2)
    words = [f"{a}{b}{c}ing" for a in "bcdfg" for b in "aeiou" for c in "lmn"]
    text = rf"\b(?:{'|'.join(words)})\b"
    made = Ways(kept.compiled(text), frozenset(word[:3] for word in words))
    for word in words * (ways._OFTEN + 1):
        assert made[word[:3]].match(word)
    assert len(kept.known("ways", text, made._pattern.flags)) == 2


def test_only_the_program_s_own_patterns_are_kept(file, monkeypatch):
    kept = Kept(file)
    monkeypatch.setattr(sieve, "KEPT", kept)
    sieve._learnt(re.compile(r"\bAcme Holdings of a reader\b"))
    sieve._learnt(kept.compiled(r"\bof the program\b"))
    kept.write()
    assert {name for name, _ in patterns._read(kept.file("sieve"))} == {r"\bof the program\b"}


ASKS = """
import newsletter.preflight.check
from newsletter.preflight.assertion import assertions
from newsletter.preflight.rule import rules
assertions(), rules()
from newsletter.patterns import KEPT
print(len(KEPT._patterns), len(KEPT._new))
"""


def process(tmp_path, *command, **more):
    environment = {
        **os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode"), "PYTHONPATH": str(ROOT),
        **more,
    }  # fmt: skip
    if "PYTHONDONTWRITEBYTECODE" not in more:
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run(
        [sys.executable, *command],
        check=False, env=environment, capture_output=True, text=True, timeout=200,
    )  # fmt: skip


def test_a_process_finds_all_that_another_wrote(tmp_path):
    """Whatever order sets have in it: a pattern made of a set would be another every time."""
    first = process(tmp_path, "-m", "newsletter.patterns", PYTHONHASHSEED="1")
    assert (first.returncode, first.stderr) == (0, "")
    (file,) = (tmp_path / "bytecode").rglob("*.code")
    assert first.stdout == f"{file} holds what preflight looks for.\n"
    for seed in "23":
        count, made = process(tmp_path, "-c", ASKS, PYTHONHASHSEED=seed).stdout.split()
        assert (int(count) > 1_000, made) == (True, "0")


def test_who_cannot_write_the_file_is_told(tmp_path):
    ended = process(tmp_path, "-m", "newsletter.patterns", PYTHONDONTWRITEBYTECODE="1")
    assert ended.returncode == 1
    assert ended.stderr.startswith("No patterns are kept: this Python writes no bytecode")
    (tmp_path / "bytecode").write_text("a file, where a folder should be")
    ended = process(tmp_path, "-m", "newsletter.patterns")
    assert ended.returncode == 1
    assert ended.stderr.endswith("could not be written; let who owns the installation run this.\n")


def test_a_python_whose_engine_is_unknown_is_no_failure(monkeypatch, capsys):
    monkeypatch.setattr(patterns, "KEPT", Kept(None))
    patterns.main()
    assert capsys.readouterr().out.startswith("No patterns are kept with this Python")


def test_quick_is_told_of_what_was_found_out():
    assert quick(r"\b(?:rose|fell)\b").pattern == r"\b(?=[fr])(?:\b(?:rose|fell)\b)"
    assert KEPT.known("quick", r"\b(?:rose|fell)\b", 0) == quick(r"\b(?:rose|fell)\b").pattern


def at_module_level(file):
    """Yield the names of what a module calls when it is imported."""
    waiting = list(ast.parse(file.read_text(encoding="utf-8")).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def test_preflight_asks_for_its_patterns_here():
    files = sorted((ROOT / "newsletter" / "preflight").rglob("*.py"))
    called = {file.name: set(at_module_level(file)) for file in files}
    assert [name for name, calls in called.items() if "re.compile" in calls] == []
    assert sum("compiled" in calls for calls in called.values()) > 80
