"""Workshop: a house whose configuration and templates are read again when they change."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket

from newsletter import assets
from newsletter.app import House
from newsletter.config import load

Stamp = tuple[tuple[str, int, int], ...]
"""Path, time of the last change and size of each file that was looked at."""

FOLDERS = ("templates", "prompts")


class Workshop(House):
    """A workspace as the preview uses it.

    Parameters
    ----------
    path : pathlib.Path
        Its config.yaml.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path.resolve()
        self._read: tuple[Stamp, Any] = ((), None)
        self._compiled = _Compiled()
        self._loaded = self.config, stamp([self.path])

    def folders(self) -> list[Path]:
        """Return the folders of templates and prompts, the workspace's own first."""
        return [folder for name in FOLDERS for folder in assets.folders(name, self.base)]

    def files(self) -> list[Path]:
        """Return every file a mail is drawn from, but for its contents in the store."""
        found = [self.path]
        for folder in self.folders():
            found += sorted(file for file in folder.rglob("*") if file.is_file())
        return found

    def refresh(self) -> None:
        """Read config.yaml again if it has changed.

        Raises
        ------
        ConfigError
            If it is broken; the old choices are kept then.
        """
        now = stamp([self.path])
        if now != self._loaded[1]:
            self._loaded = load(self.path), now
        self.config = self._loaded[0]

    def templates(self) -> Any:
        """Return the templates; every error they raise names their file and line."""
        now = stamp(self.files()[1:])
        if self._read[0] != now:
            self._read = now, self._environment()
        return self._read[1]

    def _environment(self) -> jinja2.Environment:
        env: jinja2.Environment = super().templates()
        texts = assets.texts("templates", self.base, suffixes={".j2"})
        env.loader = _Named(texts, self.template_path)
        env.bytecode_cache = self._compiled
        return env

    def template_path(self, name: str) -> Path | None:
        """Return the file of a template, the workspace's own before the shipped one."""
        for folder in assets.folders("templates", self.base):
            if (folder / name).is_file():
                return folder / name
        return None

    @cached_property
    def preview_signer(self) -> Any:
        """The maker of links that open nothing."""
        from newsletter.preview.readers import signer

        return signer(self.config.publication.base_url)


class _Named(jinja2.BaseLoader):
    """Templates from memory that know their files, so that errors can name them."""

    def __init__(self, texts: Mapping[str, str], path: Callable[[str], Path | None]) -> None:
        self._texts, self._path = jinja2.DictLoader(texts), path

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool]]:
        """Return a template with its file."""
        source, _, fresh = self._texts.get_source(environment, template)
        return source, str(self._path(template) or template), fresh

    def list_templates(self) -> list[str]:
        """Return the names of all templates."""
        return self._texts.list_templates()


class _Compiled(jinja2.BytecodeCache):
    """Compiled templates, by their text: after a change only what changed is compiled again."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket; one of another text stays empty."""
        if bucket.key in self._held:
            bucket.bytecode_from_string(self._held[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a bucket, one for each template."""
        self._held[bucket.key] = bucket.bytecode_to_string()


def stamp(files: list[Path]) -> Stamp:
    """Return a value that changes with every one of these files."""
    marks = []
    for file in files:
        try:
            found = file.stat()
        except OSError:  # gone between two looks: that is a change too
            continue
        marks.append((str(file), found.st_mtime_ns, found.st_size))
    return tuple(marks)
