"""Keys: read only where nobody else can, of the right kind and length; the DNS compared."""

import base64
import json
import subprocess
import sys

import pytest
from conftest import program
from hypothesis import given
from hypothesis import strategies as st
from send_support import SENDER
from signing_support import DOMAIN, SECOND, SELECTOR, SIGNING, keys, zone

from newsletter.cli.main import app
from newsletter.config import Sender, load
from newsletter.errors import ConfigError
from newsletter.send.keyring import made, place, private_key, published, record, stamp, zone_line
from newsletter.signatures import SecondSignature, Signature, aligned

NAME = place(SELECTOR, DOMAIN)


def written(folder, name, pem, mode=0o600):
    file = folder / name
    file.write_bytes(pem)
    file.chmod(mode)
    return file


def signing(**dkim):
    settings = Signature(selector=SELECTOR, domain=DOMAIN, **dkim)
    return SENDER.model_copy(update={"dkim": settings})


def openssl(*order, given=None):
    done = subprocess.run(
        [program("openssl"), *order], input=given, capture_output=True, check=True
    )
    return done.stdout


def test_keys_come_from_files_or_variables(tmp_path, monkeypatch):
    (_, rsa), (_, ed25519) = keys()
    second = SecondSignature(selector=SECOND, key="NEWSLETTER_DKIM_OTHER")
    monkeypatch.setenv("NEWSLETTER_DKIM_OTHER", ed25519.decode())
    file = written(tmp_path, "one.pem", rsa)
    by_file = stamp(signing(key="one.pem", ed25519=second), tmp_path)
    monkeypatch.setenv("NEWSLETTER_DKIM_KEY_FILE", str(file))
    by_variable = stamp(signing(ed25519=second), tmp_path)
    head = b"From: a@b.c\r\nDate: Thu, 02 Jul 2026 21:45:00 +0000\r\n\r\nx\r\n"
    assert by_file.signed(head) == by_variable.signed(head)
    assert [key.algorithm for key in by_file.keys] == ["rsa-sha256", "ed25519-sha256"]
    assert stamp(SENDER, tmp_path) is None
    assert "PRIVATE" not in repr(by_file) + repr(by_file.keys)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_can_use_is_refused(tmp_path, monkeypatch, mode):
    file = written(tmp_path, "key.pem", keys()[0][1], mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        stamp(signing(key="key.pem"), tmp_path)
    monkeypatch.setenv("NEWSLETTER_DKIM_KEY_FILE", str(file))
    with pytest.raises(ConfigError, match="chmod 600"):
        stamp(signing(), tmp_path)


def test_a_key_that_is_not_there_stops_the_sending(tmp_path, monkeypatch):
    for variable in ("NEWSLETTER_DKIM_KEY", "NEWSLETTER_DKIM_KEY_FILE"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ConfigError, match="none is sent"):
        stamp(signing(), tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        stamp(signing(key="nowhere.pem"), tmp_path)


def test_only_keys_that_receivers_verify_are_taken(tmp_path):
    short = openssl("genrsa", "1024")
    other = openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout")
    locked = openssl("rsa", "-aes128", "-passout", "pass:secret", given=keys()[0][1])
    wrong = {short: "1024 bits", other: "neither", locked: "without a password", b"x": "PEM form"}
    for pem, told in wrong.items():
        with pytest.raises(ConfigError, match=told) as failure:
            private_key(pem, "K")
        assert failure.value.__cause__ is None
        assert pem.decode() not in str(failure.value) or pem == b"x"
    written(tmp_path, "rsa.pem", keys()[0][1])
    written(tmp_path, "ed.pem", keys()[1][1])
    with pytest.raises(ConfigError, match="no RSA key"):
        stamp(signing(key="ed.pem"), tmp_path)
    second = SecondSignature(selector=SECOND, key="rsa.pem")
    with pytest.raises(ConfigError, match="no Ed25519 key"):
        stamp(signing(key="rsa.pem", ed25519=second), tmp_path)
    for bits in (1024, 8192):
        with pytest.raises(ConfigError, match="2048 to 4096"):
            made(bits=bits)


def test_the_record_is_what_openssl_says_of_the_key():
    (rsa, rsa_pem), (ed25519, ed_pem) = keys()
    whole = openssl("rsa", "-pubout", "-outform", "DER", given=rsa_pem)
    assert record(rsa) == f"v=DKIM1; k=rsa; p={base64.b64encode(whole).decode()}"
    last = openssl("pkey", "-pubout", "-outform", "DER", given=ed_pem)[-32:]
    assert record(ed25519) == f"v=DKIM1; k=ed25519; p={base64.b64encode(last).decode()}"


@given(st.text("abcXYZ019+/=; ", max_size=1200))
def test_a_zone_line_holds_the_text_in_strings_that_the_dns_takes(text):
    import dns.rdata

    line = zone_line("s._domainkey.example.com", text)
    read = dns.rdata.from_text("IN", "TXT", line.partition(" IN TXT ")[2].strip("( )") or '""')
    assert b"".join(read.strings).decode() == text
    assert all(len(each) <= 255 for each in read.strings)


def test_the_dns_is_compared_with_the_key():
    key, good = keys()[0][0], zone()[NAME]
    spaced = good.replace("; ", ";").replace("p=MIIB", "p= MI IB") + ";"
    for said in (good, spaced, good.replace("k=rsa; ", ""), f"{good}; h=sha1:sha256; s=email"):
        assert published(NAME, key, lambda name, said=said: [said]) == ""
    wrong = {
        (): "no TXT record",
        (good, good): "2 TXT records",
        ("v=spf1 -all",): "no DKIM record",
        ("hello",): "no DKIM record",
        ("v=DKIM1; k=rsa; p=",): "revokes",
        (zone()[place(SECOND, DOMAIN)],): "another key",
        (good.replace("MIIB", "MIIC"),): "another key",
        (f"{good}; h=sha1",): "sha256",
        (f"{good}; s=tlsrpt",): "mail",
        (f"{good}; t=s:y",): "test",
        (f"{good}; p=x",): "no DKIM record",
    }
    for found, told in wrong.items():
        problem = published(NAME, key, lambda name, found=found: found)
        assert told in problem
        assert NAME in problem


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("example.com", "example.com", True),
        ("news.example.com", "EXAMPLE.com", True),
        ("bounces.example.com", "news.example.com", True),
        ("a.example.co.uk", "b.example.co.uk", True),
        ("a.co.uk", "b.co.uk", False),
        ("example.com", "badexample.com", False),
        ("example.com", "example.org", False),
        ("com", "example.com", False),
    ],
)
def test_organisations(one, two, same):
    assert aligned(one, two) is aligned(two, one) is same


@pytest.mark.parametrize(
    "change",
    [
        {"dkim": {"selector": "s", "domain": "example.org"}},
        {"bounce_domain": "example.org"},
        {"dkim": {"selector": "S_1", "domain": DOMAIN}},
        {"dkim": {"selector": "s", "domain": DOMAIN, "ed25519": {"selector": "s"}}},
        {"dkim": {"selector": "s", "domain": DOMAIN, "bits": 1}},
    ],
)
def test_settings_that_no_receiver_would_honour_are_mistakes(change):
    with pytest.raises(ValueError, match=r"DMARC|selector|bits"):
        Sender.model_validate(SIGNING.model_dump(mode="json") | change)


def run(*arguments):
    """Run a command in this process; return its exit code."""
    return int(app(args=list(arguments), prog_name="newsletter", standalone_mode=False) or 0)


def workspace(folder, dkim):
    from newsletter import assets

    text = assets.find("config.yaml").read_text()
    own = f"    path: data/mailbox\n    dkim: {dkim}\n"
    (folder / "config.yaml").write_text(text.replace("    path: data/mailbox\n", own, 1))
    assert load(folder / "config.yaml").senders["mailbox"].dkim
    return str(folder / "config.yaml")


def test_a_key_is_made_once_and_checked(tmp_path, capsys, monkeypatch):
    from newsletter.cli import dkim

    key = tmp_path / "dkim.pem"
    order = ("dkim", "make", "--selector", SELECTOR, "--domain", DOMAIN, "--out", str(key))
    run(*order, "--json")
    told = json.loads(capsys.readouterr().out)
    assert key.stat().st_mode & 0o777 == 0o600
    assert told["name"] == NAME
    assert told["value"] == record(private_key(key.read_bytes(), "K"))
    before = key.read_bytes()
    with pytest.raises(ConfigError, match="there already"):
        run(*order)
    assert key.read_bytes() == before
    config = workspace(tmp_path, f"{{selector: {SELECTOR}, domain: {DOMAIN}, key: dkim.pem}}")
    for found, code in (([told["value"]], 0), ([], 1), (["v=DKIM1; p="], 1)):
        monkeypatch.setattr(dkim, "texts", lambda name, found=found: found)
        assert run("--config", config, "dkim", "check", "--json") == code
        (row,) = json.loads(capsys.readouterr().out)
        assert bool(row["problem"]) is bool(code)
        assert told["value"][:200] in row["record"]
    with pytest.raises(ConfigError, match=r"config\.yaml has mailbox"):
        run("--config", config, "dkim", "check", "--sender", "nobody")


@pytest.mark.parametrize(("option", "value"), [("--selector", "S 1"), ("--domain", "com")])
def test_names_that_the_dns_does_not_know_are_refused(tmp_path, option, value):
    names = {"--selector": "s1", "--domain": DOMAIN} | {option: value}
    order = [part for pair in names.items() for part in pair]
    with pytest.raises(ConfigError, match=f"{option} is no name"):
        run("dkim", "make", *order, "--out", str(tmp_path / "k"))
    assert list(tmp_path.iterdir()) == []


def test_without_a_resolver_the_record_is_shown_all_the_same(tmp_path, capsys, monkeypatch):
    written(tmp_path, "dkim.pem", keys()[0][1])
    config = workspace(tmp_path, f"{{selector: {SELECTOR}, domain: {DOMAIN}, key: dkim.pem}}")
    for name in ("dns", "dns.exception", "dns.resolver"):
        monkeypatch.setitem(sys.modules, name, None)
    assert run("--config", config, "dkim", "check") == 1
    said = capsys.readouterr()
    assert zone_line(NAME, zone()[NAME]) in said.out
    assert "dig +short TXT" in said.err
