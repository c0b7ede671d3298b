"""Where templates, prompts and the sample configuration lie, and how to read them.

Three places are asked in turn: the workspace (made by ``newsletter init``), the copy
inside the installed package, and the source checkout. A workspace need not hold every
file: what it lacks comes from the package, so an upgrade can add templates.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

from newsletter.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parent


def folders(name: str, workspace: Path | None = None) -> Iterator[Path]:
    """Yield the existing folders of that name, the workspace's own first.

    Parameters
    ----------
    name : str
        ``"templates"`` or ``"prompts"``.
    workspace : pathlib.Path, optional
        The editor's workspace.

    Yields
    ------
    pathlib.Path
        The workspace's folder where it has one, then the packaged folder or, in a
        checkout, the folder beside the package.
    """
    shipped = (_PACKAGE / "_assets" / name, _PACKAGE.parent / name)
    own = () if workspace is None else (workspace / name,)
    yield from (path for path in own if path.is_dir())
    yield from [path for path in shipped if path.is_dir()][:1]


def find(name: str, workspace: Path | None = None) -> Path:
    """Return the path of one asset.

    Parameters
    ----------
    name : str
        Relative path such as ``"config.yaml"`` or ``"templates/email/evening/body.mjml.j2"``.
    workspace : pathlib.Path, optional
        Looked in first.

    Returns
    -------
    pathlib.Path
        The first that exists.

    Raises
    ------
    ConfigError
        If neither the workspace nor the installation has it.
    """
    own: tuple[Path, ...] = () if workspace is None else (workspace / name,)
    for path in (*own, _PACKAGE / "_assets" / name, _PACKAGE.parent / name):
        if path.exists():
            return path
    raise ConfigError(
        f"The file {name} is neither in the workspace nor in the installation; "
        "install the package again or restore the file."
    )


def texts(
    name: str, workspace: Path | None = None, *, suffixes: Collection[str] = ()
) -> dict[str, str]:
    """Read every text file below an asset folder.

    Parameters
    ----------
    name : str
        ``"templates"`` or ``"prompts"``.
    workspace : pathlib.Path, optional
        Its files replace shipped files of the same relative path.
    suffixes : collection of str
        Keep only files whose last suffix is one of these (``".j2"``); empty keeps all.

    Returns
    -------
    dict of str to str
        Text by POSIX path relative to the folder, in sorted order.

    Raises
    ------
    ConfigError
        If there is no such folder, or a file is not UTF-8 text.
    """
    found: dict[str, str] = {}
    places = list(folders(name, workspace))
    if not places:
        raise ConfigError(f"There is no {name} folder in the installation; install it again.")
    for folder in reversed(places):
        for path in sorted(folder.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.is_file() and not hidden and (not suffixes or path.suffix in suffixes):
                found[path.relative_to(folder).as_posix()] = _read(path)
    return dict(sorted(found.items()))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as UTF-8 text: {error}.") from error
