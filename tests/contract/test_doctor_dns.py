"""What `newsletter doctor` finds in a DNS on the loopback, asked by the real resolver."""

import pytest
from doctor_support import by_smtp, found, workspace, zone
from signing_support import keys

from newsletter.send.keyring import record

PAGES = ("news.gazette.net", "A")
ALL = {
    ("gazette.net", "TXT"): ['"v=spf1 include:mail.gazette.net -all"', '"something else"'],
    ("s1._domainkey.gazette.net", "TXT"): [],
    ("_dmarc.gazette.net", "TXT"): ['"v=DMARC1; p=none"'],
    PAGES: ["192.0.2.1"],
}


def signed(folder):
    (_, pem), _ = keys()
    key = folder / "dkim.pem"
    key.write_bytes(pem)
    key.chmod(0o600)
    return {"dkim": {"selector": "s1", "domain": "gazette.net", "key": "dkim.pem"}}


@pytest.fixture
def records():
    (rsa, _), _ = keys()
    text = record(rsa)
    whole = " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))
    return {**ALL, ("s1._domainkey.gazette.net", "TXT"): [whole]}


def healths(folder, records, **more):
    with zone(records):
        house = workspace(folder, by_smtp(25, **signed(folder), **more))
        return {subject: health for subject, (health, _) in found(house, "dns").items()}


def test_all_is_well(tmp_path, records):
    assert set(healths(tmp_path, records).values()) == {"ok"}


@pytest.mark.parametrize(
    ("name", "told", "subject", "health"),
    [
        (("gazette.net", "TXT"), ['"other"'], "SPF of gazette.net", "warn"),
        (("gazette.net", "TXT"), ['"v=spf1 -all"', '"v=spf1 ~all"'], "SPF of gazette.net", "bad"),
        (("gazette.net", "TXT"), ['"v=spf1 +all"'], "SPF of gazette.net", "bad"),
        (("_dmarc.gazette.net", "TXT"), [], "DMARC of gazette.net", "warn"),
        (("_dmarc.gazette.net", "TXT"), ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"'],
         "DMARC of gazette.net", "bad"),
        (("s1._domainkey.gazette.net", "TXT"), [], "DKIM at s1._domainkey.gazette.net", "bad"),
        (("s1._domainkey.gazette.net", "TXT"), ['"v=DKIM1; k=rsa; p=AAAA"'],
         "DKIM at s1._domainkey.gazette.net", "bad"),
        (PAGES, [], "publication.base_url", "bad"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_told(tmp_path, records, name, told, subject, health):
    found_ = healths(tmp_path, {**records, name: told})
    assert found_.pop(subject) == health
    assert set(found_.values()) == {"ok"}, "and nothing else"


def test_a_bounce_domain_needs_somebody_who_takes_its_mail(tmp_path, records):
    bounces = "bounces.gazette.net"
    with_spf = {**records, (bounces, "TXT"): ['"v=spf1 -all"']}
    for told, health in (([], "bad"), (["0 ."], "bad"), (["10 mail.gazette.net."], "ok")):
        got = healths(tmp_path, {**with_spf, (bounces, "MX"): told}, bounce_domain=bounces)
        assert got[f"MX of {bounces}"] == health


def test_a_dns_that_does_not_answer_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setattr("newsletter.doctor.checks.dns.SECONDS", 0.05)
    with zone({}):
        import dns.resolver

        dns.resolver.default_resolver.port = 1  # nobody listens there
        told = found(workspace(tmp_path, by_smtp(25)), "dns")
    assert told["the resolver"][0] == "unknown"


def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "dns.resolver", None)
    health, words = found(workspace(tmp_path, by_smtp(25)), "dns")["the resolver"]
    assert (health, "rotation-newsletter[dns]" in words) == ("unknown", True)


def test_mail_that_stays_here_needs_no_dns(tmp_path):
    assert found(workspace(tmp_path), "dns")["senders"][0] == "ok"
