"""Which addresses a project file may name."""

import pytest

from reconciler import errors
from reconciler.project.url import Refusal, allowed_hosts, check_url

OWN = ("api.enco.io",)
FINE = [
    ("https://api.enco.io/survey/1.0.0", "the vendor's own"),
    ("https://API.ENCO.IO/survey", "letter case does not count in hosts"),
    ("https://api.enco.io:8443/x", "another port of the same host"),
    ("http://127.0.0.1:8080", "loopback"),
    ("http://127.1.2.3", "all of 127.0.0.0/8"),
    ("http://[::1]:8080/x", "loopback of IPv6"),
    ("http://localhost:1/api", "loopback by name"),
    ("https://gateway.acme.example/enco", "listed from outside"),
    ("https://ported.acme.example:444/", "listed with its port"),
]
REFUSED = [
    ("https://evil.example", errors.HOST_NOT_ALLOWED, "another host"),
    ("https://api.enco.io.evil.example", errors.HOST_NOT_ALLOWED, "the vendor's name as a part"),
    ("https://evil.example/api.enco.io", errors.HOST_NOT_ALLOWED, "the vendor's name in the path"),
    ("https://xapi.enco.io", errors.HOST_NOT_ALLOWED, "a longer name"),
    ("https://api.enco.io.", errors.HOST_NOT_ALLOWED, "a name with a last dot is another name"),
    ("https://ported.acme.example/", errors.HOST_NOT_ALLOWED, "listed with another port"),
    ("https://localhost.evil.example", errors.HOST_NOT_ALLOWED, "looks like loopback"),
    ("https://127.0.0.1.evil.example", errors.HOST_NOT_ALLOWED, "looks like loopback"),
    ("https://2130706433", errors.HOST_NOT_ALLOWED, "loopback as one number"),
    ("https://0x7f.1", errors.HOST_NOT_ALLOWED, "loopback in hexadecimal"),
    ("https://127.1", errors.HOST_NOT_ALLOWED, "loopback in short"),
    ("https://0.0.0.0", errors.HOST_NOT_ALLOWED, "any address"),
    ("https://10.0.0.1", errors.HOST_NOT_ALLOWED, "a private address"),
    ("https://169.254.169.254/latest", errors.HOST_NOT_ALLOWED, "link-local, though listed"),
    ("https://[fe80::1]/", errors.HOST_NOT_ALLOWED, "link-local of IPv6"),
    ("https://[::ffff:169.254.169.254]/", errors.HOST_NOT_ALLOWED, "link-local within IPv6"),
    ("https://[::ffff:127.0.0.1]/", errors.HOST_NOT_ALLOWED, "loopback within IPv6"),
    ("https://[::1%25eth0]/", errors.URL_UNFIT, "a zone"),
    ("http://api.enco.io", errors.URL_UNFIT, "plain http to the vendor"),
    ("http://gateway.acme.example", errors.URL_UNFIT, "plain http to a listed host"),
    ("https://user:pw@api.enco.io", errors.URL_UNFIT, "user name and password"),
    ("https://user@api.enco.io", errors.URL_UNFIT, "a user name"),
    ("https://@api.enco.io", errors.URL_UNFIT, "an empty user name"),
    ("https://api.enco.io@evil.example", errors.URL_UNFIT, "the vendor as a user name"),
    ("https://evil.example\\@api.enco.io", errors.URL_UNFIT, "a backslash, which browsers read as a slash"),
    ("https://api.enco.io/?x=1", errors.URL_UNFIT, "a query"),
    ("https://api.enco.io/#x", errors.URL_UNFIT, "a fragment"),
    ("file:///etc/passwd", errors.URL_UNFIT, "a file"),
    ("ftp://api.enco.io", errors.URL_UNFIT, "another scheme"),
    ("javascript:alert(1)", errors.URL_UNFIT, "a script"),
    ("api.enco.io/survey", errors.URL_UNFIT, "no scheme"),
    ("//api.enco.io", errors.URL_UNFIT, "no scheme, but slashes"),
    ("https://", errors.URL_UNFIT, "no host"),
    ("https:///path", errors.URL_UNFIT, "no host, but a path"),
    ("https://[::1", errors.URL_UNFIT, "a bracket left open"),
    ("https://api.enco.io:99999", errors.URL_UNFIT, "no such port"),
    ("https://api.enco.io:x", errors.URL_UNFIT, "a port in letters"),
    ("https://api.enco.io /x", errors.URL_UNFIT, "a space"),
    ("https://api.enco.io\n.evil.example", errors.URL_UNFIT, "a line break"),
    ("https://\u0430pi.enco.io", errors.URL_UNFIT, "a letter of another script"),
    ("https://api.enco\uff0eio", errors.URL_UNFIT, "a dot of another script"),
    ("", errors.URL_UNFIT, "nothing"),
]
ALLOWED = allowed_hosts(
    {"RECONCILER_ALLOWED_HOSTS": " gateway.acme.example, Ported.Acme.Example:444,169.254.169.254 ,"}
)

# What is refused even where RECONCILER_ALLOWED_HOSTS lists it: behind these, machines keep credentials of their own.
NEVER = [
    ("169.254.169.254", "the metadata of most clouds"),
    ("169.254.1.1", "link-local"),
    ("169.254.169.254.", "with a last dot"),
    ("2852039166", "as one number"),
    ("0xa9fea9fe", "as one number in hexadecimal"),
    ("0251.0376.0251.0376", "in octal"),
    ("0xa9.254.0xa9.254", "partly in hexadecimal"),
    ("169.254.43518", "in three parts"),
    ("169.16689662", "in two parts"),
    ("[fe80::1]", "link-local of IPv6"),
    ("[febf::1]", "the last of link-local of IPv6"),
    ("[::ffff:169.254.169.254]", "mapped into IPv6"),
    ("[::ffff:a9fe:a9fe]", "mapped into IPv6, in hexadecimal"),
    ("[::169.254.169.254]", "within IPv6 in the old way"),
    ("[64:ff9b::a9fe:a9fe]", "through a translator to IPv4"),
    ("[2002:a9fe:a9fe::1]", "through a tunnel to IPv4"),
    ("[fd00:ec2::254]", "the metadata of a cloud in IPv6"),
    ("100.100.100.200", "the metadata of another cloud"),
    ("168.63.129.16", "the agent of another cloud"),
    ("metadata.google.internal", "metadata by name"),
    ("Metadata.Google.Internal.", "metadata by name, spelled otherwise"),
    ("metadata", "metadata in short"),
    ("instance-data", "metadata by another name"),
    ("127.1", "an address in short, where a whole one can be written"),
    ("0177.0.0.1", "an address that two readers read in two ways"),
    ("1.2.3.256", "numbers that are no address"),
    ("1.2.3.4.5", "numbers that are no address either"),
]


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize(("host", "reason"), NEVER, ids=[f"{case[1]} {case[0]}" for case in NEVER])
def test_never_allowed(scheme: str, host: str, reason: str) -> None:
    """Not in any spelling, listed or not, for a vendor's address or a proxy."""
    listed = allowed_hosts({"RECONCILER_ALLOWED_HOSTS": f"{host},{host.strip('[]')},{host.rstrip('.')}"})
    for proxy in (False, True):
        with pytest.raises(Refusal) as caught:
            check_url(f"{scheme}://{host}/x", OWN, listed, proxy=proxy)
        assert caught.value.code == errors.HOST_NOT_ALLOWED, reason


LOOKALIKES = [
    "localhost.", "localhost.localdomain", "localhost.evil.example", "xlocalhost", "LOCALHOST.evil.example",
    "127.0.0.1.nip.io", "127-0-0-1.example", "lvh.me", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[::2]", "[::]", "0",
    "0.0.0.0", "128.0.0.1", "127.0.0.1.", "ip6-localhost", "%31%32%37.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", LOOKALIKES)
def test_what_looks_like_loopback_is_not(host: str) -> None:
    """Loopback is localhost, 127.0.0.0/8 in four decimal parts, and ::1; a name may resolve to anything."""
    for scheme in ("http", "https"):
        with pytest.raises(Refusal):
            check_url(f"{scheme}://{host}/x", OWN, frozenset())


@pytest.mark.parametrize(
    "scheme", ["file", "ftp", "gopher", "ws", "wss", "data", "dict", "ldap", "unix", "socks5", "http+unix"]
)
def test_only_two_schemes_are_spoken(scheme: str) -> None:
    """Whatever the host is, and for a proxy too."""
    for rest in ("//127.0.0.1/x", "//api.enco.io/x", "/etc/passwd", "//localhost"):
        for proxy in (False, True):
            with pytest.raises(Refusal) as caught:
                check_url(f"{scheme}:{rest}", OWN, ALLOWED, proxy=proxy)
            assert caught.value.code == errors.URL_UNFIT


@pytest.mark.parametrize(("url", "reason"), FINE, ids=[case[1] for case in FINE])
def test_allowed(url: str, reason: str) -> None:
    """The vendor's own host, loopback, and what is listed outside the repository."""
    assert check_url(url, OWN, ALLOWED).hostname, reason


@pytest.mark.parametrize(("url", "code", "reason"), REFUSED, ids=[case[2] + " " + case[0] for case in REFUSED])
def test_refused(url: str, code: str, reason: str) -> None:
    """A token goes nowhere else, and the message does not repeat what may be a secret."""
    with pytest.raises(Refusal) as caught:
        check_url(url, OWN, ALLOWED)
    assert caught.value.code == code, reason
    assert "pw" not in caught.value.message


def test_a_listed_proxy_may_be_spoken_to_in_plain_http() -> None:
    """What passes through it is encrypted; a proxy that is not listed is refused, the vendor's host too."""
    assert check_url("http://gateway.acme.example:3128", (), ALLOWED, proxy=True).port == 3128
    for url in ("http://evil.example:3128", "http://api.enco.io:3128"):
        with pytest.raises(Refusal):
            check_url(url, (), ALLOWED, proxy=True)
