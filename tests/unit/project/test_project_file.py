"""reconciler.yaml found, read and checked."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler import errors, project
from reconciler.errors import Problems, ReconcilerError
from reconciler.model import Connection, OAuthReference, SecretReference

HEAD = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: acme}\nspec:\n"
FULL = (
    HEAD
    + """\
  manifests: [manifests, more/*.yaml]
  state: sqlite:///elsewhere/state.db
  connections:
    enco:
      provider: enco
      oauth: {clientId: {env: ID}, clientSecret: {file: secret.txt}, tokenUrl: https://api.enco.io/other}
    cs:
      provider: customersure
      company: Acme Ltd
      token: {env: CS}
    opt:
      provider: optimum
      token: {env: OPT}
      baseUrl: http://127.0.0.1:8123/api/v1/
      timeout: 5
      settle: 0.5
      concurrency: 2
      requestsPerSecond: 7
      proxy: http://localhost:3128
      caFile: ca.pem
  values: {suffix: "", size: 3}
  environments:
    staging:
      state: {env: STAGING_STATE}
      connections:
        opt: {token: {file: staging.txt}, timeout: 9}
        enco: {token: {env: ENCO}}
      values: {suffix: " (test)"}
    empty: {}
"""
)
CONNECTION = HEAD + "  connections:\n    c: {%s}\n"


def loaded(
    tmp_path: Path, text: str, environment: str | None = None, environ: Mapping[str, str] = {}
) -> project.Project:
    (tmp_path / "reconciler.yaml").write_text(text, encoding="utf-8")
    return project.load(tmp_path / "reconciler.yaml", environment, environ)


def refused(
    tmp_path: Path, text: str, environment: str | None = None, environ: Mapping[str, str] = {}
) -> tuple[ReconcilerError, ...]:
    try:
        loaded(tmp_path, text, environment, environ)
    except Problems as problems:
        return problems.errors
    return ()


def test_everything_said_arrives(tmp_path: Path) -> None:
    """Each setting is in the project, the base URL without its last slash."""
    found = loaded(tmp_path, FULL)
    assert (found.name, found.folder, found.environment) == ("acme", tmp_path, None)
    assert found.manifests == ("manifests", "more/*.yaml")
    assert found.state == "sqlite:///elsewhere/state.db"
    assert found.values == {"suffix": "", "size": 3}
    assert found.connections["opt"] == Connection(
        name="opt",
        provider="optimum",
        base_url="http://127.0.0.1:8123/api/v1",
        token=SecretReference(env="OPT"),
        timeout=5.0,
        settle=0.5,
        concurrency=2,
        requests_per_second=7,
        proxy="http://localhost:3128",
        ca_file=str(tmp_path / "ca.pem"),
    )
    assert found.connections["enco"].oauth == OAuthReference(
        SecretReference(env="ID"), SecretReference(file="secret.txt"), "https://api.enco.io/other"
    )


def test_defaults_are_the_vendors_own(tmp_path: Path) -> None:
    """Without more than provider and token: the vendor's address, CustomerSure at one request a second (trap 88)."""
    text = HEAD + (
        "  connections:\n    e: {provider: enco, oauth: {clientId: {env: A}, clientSecret: {env: B}}}\n"
        "    c: {provider: customersure, company: Acme, token: {env: A}}\n    o: {provider: optimum, token: {env: A}}\n"
    )
    found = loaded(tmp_path, text)
    assert {name: c.base_url for name, c in found.connections.items()} == {
        "e": "https://api.enco.io/survey/1.0.0",
        "c": "https://api.customersure.com",
        "o": "https://optimumfeedback.com/api/v1",
    }
    oauth = found.connections["e"].oauth
    assert oauth is not None
    assert oauth.token_url == "https://api.enco.io/token"
    assert {name: c.requests_per_second for name, c in found.connections.items()} == {"e": None, "c": 1, "o": None}
    assert found.manifests == ("manifests",)
    assert found.state == "sqlite:///.reconciler/state.db"


def test_the_limit_is_for_the_vendors_own_host(tmp_path: Path) -> None:
    """A server on loopback is not spared."""
    text = CONNECTION % "provider: customersure, company: A, token: {env: A}, baseUrl: 'http://localhost:1/'"
    assert loaded(tmp_path, text).connections["c"].requests_per_second is None


def test_an_environment_is_laid_over(tmp_path: Path) -> None:
    """State and values are replaced, connections merged; a token takes the place of oauth."""
    found = loaded(tmp_path, FULL, "staging")
    assert found.environment == "staging"
    assert found.state == SecretReference(env="STAGING_STATE")
    assert found.values == {"suffix": " (test)", "size": 3}
    opt, enco = found.connections["opt"], found.connections["enco"]
    assert (opt.token, opt.timeout, opt.settle) == (SecretReference(file="staging.txt"), 9.0, 0.5)
    assert (enco.token, enco.oauth) == (SecretReference(env="ENCO"), None)
    assert loaded(tmp_path, FULL, "empty").state == "sqlite:///elsewhere/state.db"


def test_values_of_the_project_and_its_environments(tmp_path: Path) -> None:
    """The project's values are the defaults, an environment's come before them; what only others set is named."""
    text = FULL.replace(
        "    empty: {}", "    empty: {values: {none: null, size: 4}}\n    third: {values: {none: 1, only: true}}"
    )
    assert loaded(tmp_path, text, "empty").values == {"suffix": "", "size": 4, "none": None}
    found = loaded(tmp_path, text)
    assert found.values == {"suffix": "", "size": 3}
    assert found.values_elsewhere == {"none": ("empty", "third"), "only": ("third",)}
    assert loaded(tmp_path, text, "third").values_elsewhere == {}


@pytest.mark.parametrize(
    ("value", "code", "reason"),
    [
        ("[a]", errors.WRONG_TYPE, "a list has no place in a text"),
        ("{a: b}", errors.WRONG_TYPE, "nor has a mapping"),
        ('"${value.size}"', errors.PLACEHOLDER_MISPLACED, "values are not made of values"),
        ('"${x"', errors.PLACEHOLDER_MISPLACED, "nor of what only looks so"),
    ],
)
def test_values_are_plain(tmp_path: Path, value: str, code: str, reason: str) -> None:
    """A value is text, a number, true, false or null, as it stands."""
    [error] = refused(tmp_path, FULL.replace('values: {suffix: " (test)"}', f"values: {{suffix: {value}}}"))
    assert error.code == code, reason
    assert error.source is not None
    assert error.snippet.strip().startswith("values:")


def test_a_doubled_sign_in_a_value(tmp_path: Path) -> None:
    """The sign is doubled in the project file as in a manifest."""
    found = loaded(tmp_path, FULL.replace('suffix: ""', 'suffix: "$${x}"'))
    assert found.values["suffix"] == "${x}"


def test_an_unknown_environment_is_suggested(tmp_path: Path) -> None:
    """--env is checked against the file."""
    [error] = refused(tmp_path, FULL, "stagin")
    assert (error.code, error.hint) == (errors.UNKNOWN_ENVIRONMENT, 'did you mean "staging"?')
    [error] = refused(tmp_path, CONNECTION % "provider: optimum, token: {env: A}", "x")
    assert error.hint == "the project has no environments"


def test_the_state_can_be_set_from_outside(tmp_path: Path) -> None:
    """RECONCILER_STATE comes before the file and the environment, and stays a reference, for it may hold a password."""
    environ = {"RECONCILER_STATE": "postgresql://u:p@db/x"}
    found = loaded(tmp_path, FULL, "staging", environ)
    assert found.state == SecretReference(env="RECONCILER_STATE")
    assert project.state_url(found, environ) == "postgresql://u:p@db/x"


STATES = [
    ("sqlite:///.reconciler/state.db", "sqlite:///{folder}/.reconciler/state.db", "relative to the project"),
    ("sqlite:////var/state.db", "sqlite:////var/state.db", "absolute"),
    ("postgresql://db.internal/x", "postgresql://db.internal/x", "a server without a password"),
]


@pytest.mark.parametrize(("written", "url", "reason"), STATES, ids=[case[2] for case in STATES])
def test_the_state_url_is_absolute(tmp_path: Path, written: str, url: str, reason: str) -> None:
    """A relative SQLite path starts from the project's folder, not from the working directory."""
    text = HEAD + f"  state: {written}\n  connections: {{c: {{provider: optimum, token: {{env: A}}}}}}\n"
    assert project.state_url(loaded(tmp_path, text), {}) == url.format(folder=tmp_path), reason


def test_a_referenced_state_is_checked_without_being_shown(tmp_path: Path) -> None:
    """What the variable holds appears in no message."""
    found = loaded(tmp_path, FULL, "staging")
    for environ, code in (({"STAGING_STATE": "mysql://u:hunter2@h"}, errors.STATE_UNFIT), ({}, errors.SECRET_MISSING)):
        with pytest.raises(ReconcilerError) as caught:
            project.state_url(found, environ)
        assert caught.value.code == code
        assert "hunter2" not in caught.value.message + caught.value.hint


# what stands in the connection, code, a part of the message, a part of the hint, why
CONNECTIONS = [
    ("provider: encoo, token: {env: A}", errors.UNKNOWN_PROVIDER, '"encoo"', 'did you mean "enco"?', "a typo"),
    ("provider: acme, token: {env: A}", errors.UNKNOWN_PROVIDER, '"acme"', "b2s, buenno, customersure", "no vendor"),
    ("provider: buenno", errors.CREDENTIALS_UNDECIDED, "has no credential", "add token", "no key"),
    ("provider: b2s, oauth: {clientId: {env: A}, clientSecret: {env: B}}", errors.CREDENTIALS_UNDECIDED, "", "", "no"),
    ("token: {env: A}", errors.PROVIDER_MISSING, "no provider", "", "no provider"),
    ("provider: enco", errors.CREDENTIALS_UNDECIDED, "has no credential", "token or oauth", "no credential"),
    ("provider: optimum", errors.CREDENTIALS_UNDECIDED, "has no credential", "add token", "no token"),
    (
        "provider: enco, token: {env: A}, oauth: {clientId: {env: A}, clientSecret: {env: B}}",
        errors.CREDENTIALS_UNDECIDED,
        "both token and oauth",
        "keep one",
        "two credentials",
    ),
    (
        "provider: optimum, oauth: {clientId: {env: A}, clientSecret: {env: B}}",
        errors.CREDENTIALS_UNDECIDED,
        'takes no "oauth"',
        "token: {env: NAME}",
        "a credential of another vendor",
    ),
    ("provider: customersure, token: {env: A}", errors.COMPANY_MISSING, "which company", "company: NAME", "no company"),
    ("provider: customersure, token: {env: A}, company: Müller", errors.UNFIT_VALUE, "company", "ASCII", "no header"),
    ("provider: enco, token: {env: A}, company: A", errors.UNKNOWN_FIELD, '"company"', "no company", "not asked for"),
    ("provider: enco, tokn: {env: A}", errors.UNKNOWN_FIELD, '"tokn"', 'did you mean "token"?', "a mistyped key"),
    ("provider: enco, token: {environment: A}", errors.UNKNOWN_FIELD, '"environment"', "", "no reference"),
    ("provider: enco, token: {env: A, file: b}", errors.UNFIT_VALUE, "one entry only", "", "two references"),
    ("provider: enco, token: {}", errors.UNFIT_VALUE, "must not be empty", "", "an empty reference"),
    ("provider: enco, token: {env: A}, timeout: 0", errors.UNFIT_VALUE, "must be more than 0", "", "no time at all"),
    ("provider: enco, token: {env: A}, timeout: soon", errors.WRONG_TYPE, "must be a number", "", "text"),
    ("provider: enco, token: {env: A}, concurrency: 100", errors.UNFIT_VALUE, "at most 64", "", "too much at once"),
    (
        "provider: enco, oauth: {clientId: {env: A}, clientSecret: {env: B}}, baseUrl: 'http://localhost:1'",
        errors.MISSING_FIELD,
        '"tokenUrl"',
        "lest the secret goes",
        "a client secret would go to the real vendor",
    ),
]


@pytest.mark.parametrize(
    ("written", "code", "message", "hint", "reason"), CONNECTIONS, ids=[case[4] for case in CONNECTIONS]
)
def test_connections_are_checked(tmp_path: Path, written: str, code: str, message: str, hint: str, reason: str) -> None:
    """Each mistake is one error, placed in the connection."""
    [error] = refused(tmp_path, CONNECTION % written)
    assert error.source is not None
    assert (error.code, error.source.file, error.source.line) == (code, "reconciler.yaml", 6), reason
    assert message in error.message
    assert hint in error.hint


SECRETS = [
    ("provider: enco, token: %s", "a literal token"),
    ("provider: enco, token: '%s'", "in quotes"),
    ("provider: enco, token: [%s]", "in a list"),
    ("provider: enco, tokn: %s", "under a mistyped key"),
    ("provider: enco, token: {env: '%s !'}", "as the name of a variable"),
    ("provider: enco, token: {env: A, value: %s}", "beside a reference"),
    ("provider: enco, oauth: {clientId: {env: A}, clientSecret: %s}", "a client secret"),
    ("provider: enco, oauth: {clientId: {env: A}, clientSecret: {evn: %s}}", "in a mistyped reference"),
    ("provider: enco, token: {env: A}, baseUrl: 'https://u:%s@api.enco.io'", "in a URL"),
    ("provider: enco, token: {env: A}, proxy: 'http://u:%s@localhost'", "in a proxy's URL"),
    ("provider: enco, token: {env: A}, timeout: 0, password: %s", "beside another mistake"),
    ("provider: enco, token: !secret %s", "with a tag"),
    ("provider: enco, token: %s, token: {env: A}", "written twice"),
    ("provider: enco, token: %s: x", "where the YAML is broken"),
    ("provider: enco, token: %s}, x: [", "where a bracket is left open"),
]


@pytest.mark.parametrize(("written", "reason"), SECRETS, ids=[case[1] for case in SECRETS])
def test_a_secret_in_the_file_is_refused_and_never_shown(tmp_path: Path, written: str, reason: str) -> None:
    """Whatever the mistake, its value is in no message, hint or source line."""
    found = refused(tmp_path, CONNECTION % (written % "sk-live-12345"))
    assert found, reason
    assert not any("12345" in error.message + error.hint + error.snippet for error in found), reason


def test_a_state_with_a_password_is_refused(tmp_path: Path) -> None:
    """The URL of a database with its password belongs into a variable."""
    for url in ("postgresql://u:hunter2@db/x", "postgresql://db/x?password=hunter2", "mysql://u:hunter2@db"):
        text = HEAD + f"  state: {url}\n  connections: {{c: {{provider: optimum, token: {{env: A}}}}}}\n"
        [error] = refused(tmp_path, text)
        assert error.code in (errors.LITERAL_SECRET, errors.STATE_UNFIT)
        assert "hunter2" not in error.message + error.snippet + error.hint


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Shape, credentials, addresses and environment in one run, in order."""
    text = HEAD + (
        "  manifest: [x]\n  connections:\n    a: {provider: encoo, token: {env: A}}\n"
        "    b: {provider: customersure, token: {env: A}, baseUrl: https://evil.example}\n    c: {provider: optimum}\n"
    )
    found = refused(tmp_path, text, "nowhere")
    assert [(error.code, error.source and error.source.line) for error in found] == [
        (errors.UNKNOWN_ENVIRONMENT, None),
        (errors.UNKNOWN_FIELD, 5),
        (errors.UNKNOWN_PROVIDER, 7),
        (errors.COMPANY_MISSING, 8),
        (errors.HOST_NOT_ALLOWED, 8),
        (errors.CREDENTIALS_UNDECIDED, 9),
    ]
    assert all(error.exit_code == 3 for error in found)


def test_problems_of_an_environment_are_told_there(tmp_path: Path) -> None:
    """A base URL that only staging names is pointed at in staging."""
    text = FULL.replace("opt: {token: {file: staging.txt}, timeout: 9}", "opt: {baseUrl: https://evil.example}")
    [error] = refused(tmp_path, text, "staging")
    assert error.source is not None
    assert error.source.line == text[: text.index("https://evil")].count("\n") + 1
    assert refused(tmp_path, text) == ()


NO_PROJECTS = [
    ("", errors.NOT_A_PROJECT, "an empty file"),
    ("a: 1\n---\nb: 2\n", errors.NOT_A_PROJECT, "two documents"),
    ("apiVersion: enco/v1\nkind: Survey\n", errors.NOT_A_PROJECT, "a manifest"),
    ("apiVersion: reconciler/v2\nkind: Project\n", errors.NOT_A_PROJECT, "a later version"),
    ("- a\n", errors.ROOT_NOT_MAPPING, "a list"),
    (HEAD + "  connections: {}\n", errors.UNFIT_VALUE, "no connections"),
    (HEAD + "  connections: [a]\n", errors.WRONG_TYPE, "connections as a list"),
    (
        HEAD + "  connections: {'a b': {provider: optimum, token: {env: A}}}\n",
        errors.UNFIT_VALUE,
        "a name with a space",
    ),
    (HEAD + "  connections:\n", errors.EMPTY_VALUE, "nothing"),
]


@pytest.mark.parametrize(("text", "code", "reason"), NO_PROJECTS, ids=[case[2] for case in NO_PROJECTS])
def test_what_is_no_project_file(tmp_path: Path, text: str, code: str, reason: str) -> None:
    """Each is an error with a place."""
    found = refused(tmp_path, text)
    assert code in [error.code for error in found], reason
    assert all(error.source is not None for error in found)


def test_a_project_is_found_upward_to_the_repository(tmp_path: Path) -> None:
    """From any folder below it; not beyond the repository's root."""
    inner = tmp_path / "repository/a/b"
    inner.mkdir(parents=True)
    (tmp_path / "reconciler.yaml").write_text("")
    assert project.find(inner) == tmp_path / "reconciler.yaml"
    (tmp_path / "repository/.git").mkdir()
    with pytest.raises(ReconcilerError) as caught:
        project.find(inner)
    assert (caught.value.code, caught.value.exit_code) == (errors.NO_PROJECT, 3)
    (tmp_path / "repository/reconciler.yaml").write_text("")
    assert project.find(inner) == tmp_path / "repository/reconciler.yaml"


def test_a_folder_stands_for_the_file_in_it(tmp_path: Path) -> None:
    """--project takes the folder too."""
    (tmp_path / "reconciler.yaml").write_text(CONNECTION % "provider: optimum, token: {env: A}")
    assert project.load(tmp_path).path == tmp_path / "reconciler.yaml"
    with pytest.raises(Problems) as caught:
        project.load(tmp_path / "missing.yaml")
    assert caught.value.errors[0].code == errors.UNREADABLE_FILE


ENCO = "provider: enco, oauth: {clientId: {env: A}, clientSecret: {env: B}, tokenUrl: '%s'}, baseUrl: '%s', proxy: '%s'"
GOOD = {"tokenUrl": "https://api.enco.io/token", "baseUrl": "https://api.enco.io/x", "proxy": "http://localhost:3128"}
HOSTILE = [
    ("https://evil.example/x", errors.HOST_NOT_ALLOWED, True, "another host"),
    ("http://evil.example/x", errors.HOST_NOT_ALLOWED, False, "another host, in plain http"),
    ("https://169.254.169.254/x", errors.HOST_NOT_ALLOWED, False, "a machine's own credentials"),
    ("https://user@evil.example/x", errors.URL_UNFIT, False, "a user name"),
    ("file:///etc/passwd", errors.URL_UNFIT, False, "a file"),
]


@pytest.mark.parametrize("setting", sorted(GOOD))
@pytest.mark.parametrize(("url", "code", "listable", "reason"), HOSTILE, ids=[case[3] for case in HOSTILE])
def test_every_address_is_bound_to_its_hosts(
    tmp_path: Path, setting: str, url: str, code: str, listable: bool, reason: str
) -> None:
    """baseUrl, tokenUrl and proxy, in the file and in an environment: other hosts are listed outside the repository."""
    addresses = {**GOOD, setting: url}
    text = CONNECTION % (ENCO % (addresses["tokenUrl"], addresses["baseUrl"], addresses["proxy"]))
    [error] = refused(tmp_path, text)
    assert (error.code, error.source and error.source.line) == (code, 6), reason
    assert error.message.startswith(f"{setting}: ")
    assert "user" not in error.snippet
    whole = f"{{oauth: {{clientId: {{env: A}}, clientSecret: {{env: B}}, tokenUrl: '{url}'}}}}"
    over = whole if setting == "tokenUrl" else f"{{{setting}: '{url}'}}"
    good = CONNECTION % (ENCO % (GOOD["tokenUrl"], GOOD["baseUrl"], GOOD["proxy"]))
    [error] = refused(tmp_path, f"{good}  environments:\n    e: {{connections: {{c: {over}}}}}\n", "e")
    assert (error.code, error.source and error.source.line) == (code, 8), reason
    hosts = {"RECONCILER_ALLOWED_HOSTS": "evil.example,169.254.169.254"}
    if listable:
        assert loaded(tmp_path, text, environ=hosts).connections["c"]
    elif (setting, url) != ("proxy", "http://evil.example/x"):  # a listed proxy may be spoken to in plain http
        assert {error.code for error in refused(tmp_path, text, environ=hosts)} <= {code, errors.URL_UNFIT}
