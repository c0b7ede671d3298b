"""A real IMAP server on the loopback: Debian's Dovecot, with one folder of mails."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from send_servers import free_port

PASSWORD = "a-password-of-the-mailbox"

CONFIGURATION = """\
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
listen = 127.0.0.1
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


def available():
    """Tell whether the server is installed and may be started here."""
    return shutil.which("dovecot") is not None and os.geteuid() == 0


class Box:
    """The server's folder of mails."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port

    def deliver(self, name, data, user="bounces"):
        place = self.folder / "mail" / user
        for each in (place, place / "new", place / "cur", place / "tmp"):
            each.mkdir(exist_ok=True)
            shutil.chown(each, "nobody", "nogroup")
        (place / "new" / name).write_bytes(data)
        shutil.chown(place / "new" / name, "nobody", "nogroup")


@contextlib.contextmanager
def dovecot():
    """Run the server; yield its `Box`."""
    folder, port = Path(tempfile.mkdtemp()), free_port()
    folder.chmod(0o755)
    for each in ("run", "state", "home", "mail"):
        (folder / each).mkdir()
    for each in ("home", "mail"):
        shutil.chown(folder / each, "nobody", "nogroup")
    about = {"folder": folder, "port": port, "user": "nobody", "group": "nogroup"}
    text = CONFIGURATION.format(password=PASSWORD, **about)
    (folder / "dovecot.conf").write_text(text)
    server = subprocess.Popen(["dovecot", "-F", "-c", str(folder / "dovecot.conf")])
    try:
        _wait(port, server, folder)
        yield Box(folder, port)
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def _wait(port, server, folder):
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError((folder / "log").read_text() if (folder / "log").exists() else "no log")
