"""What the preview refuses, asked over bare connections: nobody but its own page is answered."""

import json
import logging
import re

import pytest
from preview_support import Desk

from newsletter.render.rendered import UNSUBSCRIBE_URL, Rendered

HTML = f"""<!doctype html><html><head><title>The Rotation</title></head>
<body><p>The Rotation</p><a href="{UNSUBSCRIBE_URL}">Leave</a></body></html>"""
MAIL = Rendered("The Rotation", "Pre", HTML, f"The Rotation. Leave: {UNSUBSCRIBE_URL}\n", ())


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "mail.json").write_bytes(MAIL.to_bytes())
    opened = Desk(folder, folder / "mail.json")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Host": "127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"},
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "navigate"},
    ],
)
def test_another_site_is_refused(desk, headers):
    for path in ("/look", "/frame", "/choices"):
        status, words = desk.ask(path, **headers)
        assert status == 403
        assert "Rotation" not in words


def test_an_act_needs_the_token_of_the_page(desk):
    act = json.dumps({"to": "ada@example.com", "sender": "mailbox", "query": ""})
    plain = {"Content_Type": "application/json"}
    assert desk.ask("/send", method="POST", body=act, **plain)[0] == 403
    assert desk.ask("/send", method="POST", body=act, X_Preview_Token="x", **plain)[0] == 403
    token = re.search(r'name="token" content="([^"]+)"', desk.ask("/")[1])[1]
    status, words = desk.ask("/send", method="POST", body=act, X_Preview_Token=token, **plain)
    assert (status, "A test went to" in words) == (200, True)


@pytest.mark.parametrize(
    "path",
    ["/panel/..%2f..%2fshell", "/export/..%2f..%2fetc%2fpasswd", "/../../etc/passwd",
     "/static/../server.py", "/look?key=../../etc/passwd", "/frame?version=%2fetc%2fpasswd"],
)  # fmt: skip
def test_no_address_leads_to_a_file(desk, path):
    status, words = desk.ask(path)
    assert "root:" not in words
    assert "import " not in words
    assert status in {404, 422} or "trouble" in words


def test_every_export_is_what_it_says(desk):
    for form, start in {"eml": "To: Ada", "html": "<!doctype html>", "txt": "The Rotation"}.items():
        status, words = desk.ask(f"/export/{form}")
        assert status == 200
        assert words.lower().startswith(start.lower())
    assert desk.ask("/export/exe")[0] == 422


def test_its_server_leaves_the_logs_of_this_process_alone(desk):
    """Else what others log goes to a console of a preview that has ended."""
    assert desk.ask("/")[0] == 200
    for name in ("uvicorn", "uvicorn.error"):
        log = logging.getLogger(name)
        assert (log.handlers, log.propagate) == ([], True)
