"""What ``alerts`` of config.yaml takes."""

import itertools
import shutil

import pytest

from newsletter import assets
from newsletter.alerting import ROLES
from newsletter.config import load
from newsletter.errors import ConfigError
from newsletter.review.roles import Role


def written(tmp_path, lines):
    path = tmp_path / "config.yaml"
    shutil.copy(assets.find("config.yaml"), path)
    path.write_text(path.read_text() + "\nalerts:\n" + lines)
    return path


def test_the_roles_are_those_of_the_desk():
    assert set(ROLES) == set(Role)


def test_what_the_file_shows_commented_is_what_holds(tmp_path):
    """The comment in config.yaml can be taken out as it stands."""
    text = assets.find("config.yaml").read_text()
    block = itertools.takewhile(str.strip, text[text.index("# alerts:") :].splitlines()[1:])
    lines = [line[2:].partition("  #")[0] for line in block]
    given = load(written(tmp_path, "\n".join(line for line in lines if "sender" not in line)))
    assert given.alerts.to == ("editor", "admin", "ops@example.com")
    assert given.alerts.model_copy(update={"to": ("editor", "admin")}) == type(given.alerts)()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("  to: [editr]", "did you mean 'editor'?"),
        ("  to: ['a@b']", "neither a role"),
        ("  to: ['ops@example.com\\r\\nBcc: x@example.com']", "neither a role"),
        ("  sender: nowhere", "alerts.sender is 'nowhere'; known senders are mailbox"),
        ("  complaint_percent: [0.3, 0.1]", "must be the higher one"),
        ("  bounce_percent: [0, 5]", "greater than 0"),
        ("  certificate_days: [1, 7, 21]", "must fall, as in [21, 7, 1]"),
        ("  letters_an_hour: 2", "greater than or equal to 3"),
        ("  disk_free_percent: 101", "less than or equal to 100"),
        ("  mail: true", "alerts.mail is not a known key"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path, lines, said):
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, lines))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
