"""MJML does not check itself: these do."""

import pytest
from render_support import mail, templates

from newsletter import assets
from newsletter.errors import ConfigError
from newsletter.render.colours import contrast, palette
from newsletter.render.lint import problems
from newsletter.render.templating import columns, lead, tone, wrapped

GOOD = (
    '<mjml lang="en"><mj-body width="600px"><mj-section padding="0"><mj-column>'
    '<mj-text color="#112233"><p style="color:#112233">a<br />b</p></mj-text>'
    "</mj-column></mj-section></mj-body></mjml>"
)


def test_sound_mjml_has_no_problems() -> None:
    """What the house uses is allowed."""
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("mj-text", "mj-txt", "did you mean <mj-text>"),
        ("mj-section", "mj-hero", "<mj-hero> is not in use"),
        ("padding=", "paddin=", "no attribute 'paddin'"),
        ('"#112233"', '"#123"', "six digits"),
        ("color:#112233", "color:#123", "six digits"),
        ("</mj-column>", "", "closes nothing"),
        ("</mjml>", "", "never closed"),
        ("<p style", '<p onclick="x" style', "is a script"),
        ("<br />", "<script>x</script>", "<script> is not in use"),
        ("<br />", "<svg></svg>", "<svg> is not in use"),
        ("<mj-section", '<mj-include path="x" /><mj-section', "<mj-include>"),
    ],
)
def test_mistake_is_named(was: str, becomes: str, said: str) -> None:
    """Each known trap of mjml-python is caught."""
    assert any(said in problem for problem in problems(GOOD.replace(was, becomes)))


def test_shipped_html_avoids_what_clients_drop() -> None:
    """No variables, grids, scripts or pictures as data."""
    html = mail().html
    for banned in ("var(", "display:grid", "position:", "<svg", "<script", 'src="data:', "@import"):
        assert banned not in html
    assert '<meta name="color-scheme" content="light dark"' in html
    assert '<html lang="en" dir="ltr"' in html
    assert "<title>Money left" in html


def test_data_tables_name_their_rows_and_columns() -> None:
    """Screen readers get caption, column and row headers."""
    html = mail().html
    assert html.count("<caption") == 1
    assert html.count('scope="col"') == 4
    assert html.count('scope="row"') == 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "accent"), [("#14213d", "#a4551e"), ("#ffff00", "#eeeeee")])
def test_text_can_be_read_on_every_ground(scheme: str, ink: str, accent: str) -> None:
    """Contrast is at least 4.5 even for a careless brand."""
    found = palette(ink, accent, scheme)  # type: ignore[arg-type]
    for colour in (found.ink, found.body, found.accent, found.up, found.down, found.muted):
        assert contrast(colour, found.card) >= 4.5
        assert contrast(colour, found.box) >= 4.5
    assert contrast(found.muted, found.page) >= 4.5


def test_workspace_file_replaces_the_shipped_one(tmp_path: object) -> None:
    """The rest still comes from the package."""
    from pathlib import Path

    workspace = Path(str(tmp_path))
    own = workspace / "templates" / "email" / "evening" / "subject.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text("Tonight: {{ draft.headline }}", encoding="utf-8")
    found = assets.texts("templates", workspace)
    assert found["email/evening/subject.txt.j2"].startswith("Tonight")
    assert "email/evening/body.mjml.j2" in found
    assert assets.find("templates/email/evening/subject.txt.j2", workspace) == own
    assert assets.find("config.yaml", workspace).name == "config.yaml"
    assert next(assets.folders("templates", workspace)) == workspace / "templates"


def test_missing_asset_is_a_sentence() -> None:
    """It says what to do."""
    with pytest.raises(ConfigError, match="install the package again"):
        assets.find("templates/nonsense")
    with pytest.raises(ConfigError, match="no nonsense folder"):
        assets.texts("nonsense")


def test_text_filters() -> None:
    """Leads, tones, wrapping and columns."""
    from newsletter.draft.claims import Table

    assert lead("The day: chips") == ("The day:", "chips")
    assert lead("12:30: late")[0] == ""
    assert tone("+$3") == "up"
    assert tone("\N{MINUS SIGN}1%") == "down"
    assert tone("+") == ""
    url = "https://example.com/" + "a" * 90
    assert url in wrapped(f"see {url} now")
    narrow = columns(Table("t", ("Fund", "Day"), (("A", "+1.0%"), ("Long", "n/a")), ""))
    assert narrow.splitlines() == ["Fund    Day", "-----------", "A     +1.0%", "Long    n/a"]
    assert templates().autoescape
