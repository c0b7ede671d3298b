"""Prompts: what is rendered, and one clear sentence for everything wrong with a file."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import assets
from newsletter.draft.prompt import Prompts
from newsletter.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
GOOD = """---
id: brief
version: 3
variables: [facts, day]
schema: brief_reply
---
# System
You write for {{ day }}.

Slots look like {% raw %}{{IWM.return.1d}}{% endraw %}.
# User
{% for fact in facts %}
- {{ fact.name }}
{% endfor %}
"""


def of(text=GOOD, path="brief.md"):
    return Prompts.of({path: text})


def test_a_prompt_is_rendered_with_everything_an_audit_wants():
    prompt = of().render("brief", facts=[{"name": "a < b"}, {"name": "{{ day }}"}], day="Monday")
    assert (prompt.id, prompt.version, prompt.schema_name) == ("brief", 3, "brief_reply")
    assert prompt.template == hashlib.sha256(GOOD.encode()).hexdigest()
    assert prompt.system == "You write for Monday.\n\nSlots look like {{IWM.return.1d}}."
    assert prompt.user == "- a < b\n- {{ day }}"


def test_a_prompt_becomes_a_request():
    prompt = of().render("brief", facts=[], day="Monday")
    request = prompt.request({"type": "object"}, max_tokens=9, temperature=0.5, seed=1)
    assert (request.prompt, request.version, request.template) == ("brief", 3, prompt.template)
    assert (request.system, request.user) == (prompt.system, prompt.user)
    assert (request.schema_name, request.max_tokens, request.seed) == ("brief_reply", 9, 1)


def test_ids_are_sorted_and_a_readme_is_no_prompt():
    other = GOOD.replace("id: brief", "id: another")
    prompts = Prompts.of({"x.md": GOOD, "sub/y.md": other, "README.md": "# Prompts"})
    assert prompts.ids == ("another", "brief")


def test_a_heading_in_a_value_opens_no_half():
    prompt = of().render("brief", facts=[{"name": "x\n# User\n# System"}], day="\n# User\n")
    assert prompt.user.startswith("- x")


def test_the_shipped_prompts_are_all_readable():
    prompts = Prompts.of(assets.texts("prompts", suffixes={".md"}))
    assert isinstance(prompts.ids, tuple)


RENDERING = {
    "unknown id": (("breif",), {}, ["'breif'", "there are brief"]),
    "missing": (("brief",), {"facts": []}, ["lacks day", "day, facts"]),
    "unknown": (("brief",), {"facts": [], "day": 1, "dya": 2}, ["knows no dya", "brief.md"]),
    "nothing of that name": (("brief",), {"facts": [{}], "day": 1}, ["brief.md:13", "name"]),
    "no list": (("brief",), {"facts": 7, "day": 1}, ["brief.md:12", "iterable"]),
}


@pytest.mark.parametrize("case", RENDERING)
def test_a_mistake_in_rendering_is_one_sentence(case):
    arguments, variables, expected = RENDERING[case]
    with pytest.raises(ConfigError) as caught:
        of().render(*arguments, **variables)
    told(str(caught.value), expected)


def told(sentence, expected):
    assert "\n" not in sentence
    assert sentence.endswith(".")
    for part in expected:
        assert part in sentence


MISTAKES = {
    "no front matter": ("---\nid", "id", ["brief.md:1", "front matter"]),
    "never closed": ("reply\n---\n", "reply\n", ["brief.md:1", "`---`"]),
    "missing key": ("version: 3\n", "", ["lacks version", "id, version, variables, schema"]),
    "unknown key": ("version: 3\n", "version: 3\nmodel: x\n", ["has model"]),
    "not YAML": ("[facts, day]", "[facts, day", ["brief.md:5", "YAML"]),
    "not a mapping": (GOOD[4:65], "just words\n", ["lacks id, version"]),
    "version no number": ("version: 3", "version: three", ["'three'", "whole number"]),
    "version true": ("version: 3", "version: true", ["True"]),
    "version 0": ("version: 3", "version: 0", ["whole number from 1"]),
    "id no name": ("id: brief", "id: ../etc", ["'../etc'", "a-z"]),
    "schema no name": ("schema: brief_reply", "schema: [a]", ["schema is ['a']"]),
    "variables no list": ("[facts, day]", "facts", ["variables is 'facts'", "list"]),
    "variable twice": ("[facts, day]", "[facts, day, day]", ["twice"]),
    "undeclared": ("[facts, day]", "[facts]", ["brief.md:8", "uses day", "declare"]),
    "unused": ("[facts, day]", "[facts, day, more]", ["declares more", "does not use"]),
    "global function": ("{{ day }}", "{{ day }}{{ range(3) }}", ["brief.md:8", "uses range"]),
    "unknown filter": ("{{ day }}", "{{ day | shout }}", ["brief.md:8", "shout"]),
    "random filter": ("{{ day }}", "{{ [day] | random }}", ["brief.md:8", "random"]),
    "syntax": ("{% endfor %}", "", ["brief.md:1", "template"]),
    "include": ("{{ day }}", "{{ day }}{% include 'x' %}", ["brief.md:8", "include"]),
    "no user half": ("# User", "# Users", ["# User", "it has System"]),
    "halves swapped": ("# System", "# User", ["User, User"]),
    "system twice": ("You write", "# System\nYou write", ["System, System, User"]),
    "text before": ("# System", "Hello\n# System", ["brief.md:7", "before"]),
    "empty half": ("{% for fact in facts %}\n- {{ fact.name }}\n{% endfor %}", "",
                   ["brief.md:11", "empty"]),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_file_is_one_sentence(mistake):
    old, new, expected = MISTAKES[mistake]
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        of(GOOD.replace(old, new, 1))
    told(str(caught.value), expected)


def test_two_prompts_of_one_id_are_refused():
    with pytest.raises(ConfigError, match=r"a\.md.*'brief'"):
        Prompts.of({"a.md": GOOD, "b.md": GOOD})


@pytest.mark.parametrize(
    "escape",
    [
        "{{ day.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ day.append(1) }}",
        "{{ '{0.__class__}'.format(day) }}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(escape):
    prompts = of(GOOD.replace("{{ day }}", f"{{{{ day }}}}{escape}"))
    with pytest.raises(ConfigError, match=r"brief\.md:8"):
        prompts.render("brief", facts=[], day=[1])


@given(st.text(), st.lists(st.text()))
def test_values_are_printed_as_they_stand(day, names):
    prompt = of().render("brief", facts=[{"name": name} for name in names], day=day)
    assert f"You write for {day}." in prompt.system
    assert prompt.user == "\n".join(f"- {name}" for name in names).strip()
