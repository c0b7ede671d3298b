"""A preview that is really served, for the tests that ask it."""

import contextlib
import http.client
import shutil

from engine_support import KEY

from newsletter import assets
from newsletter.preview.server import Server
from newsletter.preview.studio import Studio
from newsletter.preview.workshop import Workshop


class Desk:
    """A workspace, its preview, and ways to ask it.

    Parameters
    ----------
    folder : pathlib.Path
        An empty one, or one with templates of its own.
    file : pathlib.Path, optional
        Shown instead of the sample's edition.
    """

    def __init__(self, folder, file=None):
        self.folder, self.config = folder, folder / "config.yaml"
        shutil.copy(assets.find("config.yaml"), self.config)
        self.house = Workshop(self.config)
        self.studio = Studio(self.house, "" if file else str(KEY), file, {"provider": "sample"})
        self.server = Server(self.studio, 0)
        self.server.start()

    def ask(self, path, *, method="GET", body=None, **headers):
        """Ask over a bare connection: browsers would not let a test lie about its Host."""
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        link.request(method, path, body=body, headers=given)
        answer = link.getresponse()
        with contextlib.closing(link):
            return answer.status, answer.read().decode()

    @contextlib.contextmanager
    def changed(self, path, old, new):
        """Save a file changed; put it back afterwards."""
        file = self.folder / path
        before = file.read_text()
        assert old in before
        file.write_text(before.replace(old, new, 1))
        try:
            yield file
        finally:
            file.write_text(before)

    def close(self):
        self.server.close()
        self.house.close()
