"""Small files that mean much, and large ones of the plainest sort: each is refused or read in time, and ten times as
much takes about ten times as long."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.errors import MORE_PROBLEMS, TOO_DEEP, TOO_LARGE, YAML_ALIAS, YAML_TAG
from tests.fuzz import projects
from tests.fuzz.clock import seconds
from tests.fuzz.manifests import kinds, skeleton
from tests.fuzz.measure import Verdict, tried
from tests.unit.manifest.workspace import Workspace, load, workspace

GROUP = "manifests"
Text = Callable[[int], str]
SITE = skeleton(next(kind for kind in kinds() if kind.kind == "customersure/Site"))
SURVEY = skeleton(next(kind for kind in kinds() if kind.kind == "enco/Survey"))


def listing(field: str, item: str) -> Text:
    """A site with a long list in its metadata; ``#`` in an item is its number."""
    start = SITE.index(f"  {field}:")
    line = SITE[start : SITE.index("\n", start)]
    return lambda n: SITE.replace(line, f"  {field}: [{', '.join(item.replace('#', str(i)) for i in range(n))}]")


def documents(document: str) -> Text:
    """Many documents; ``#`` in one is its number, ``@`` the number of the next."""
    return lambda n: "---\n".join(document.replace("#", str(i)).replace("@", str((i + 1) % n)) for i in range(n))


def questions(item: str) -> Text:
    """A survey with many questions."""
    return lambda n: SURVEY.replace("questions:\n", "questions:\n" + "".join(_item(item, i) for i in range(n)))


def _item(item: str, number: int) -> str:
    return f"    - {{{item.replace('#', str(number))}}}\n"


def needing(name: str, other: str) -> Text:
    """Many sites, each of which waits for another."""
    return documents(
        f"apiVersion: customersure/v1\nkind: Site\nmetadata: {{name: {name}, dependsOn: [customersure/Site/{other}]}}\n"
        "spec: {site_code: c#, name: Site}\n"
    )


# (what it is, the text of a size, the larger size)
GROWING: list[tuple[str, Text, int]] = [
    ("open brackets", lambda n: "a: " + "[" * n, 1_000_000),
    ("closed brackets", lambda n: "a: " + "[" * n + "]" * n, 1_000_000),
    ("open braces", lambda n: "a: " + "{" * n, 1_000_000),
    ("dashes", lambda n: "a:\n" + "- " * n, 1_000_000),
    ("question marks", lambda n: "? " * n, 1_000_000),
    ("stairs", lambda n: "".join(" " * i + "a:\n" for i in range(n)), 3_000),
    ("a long line", lambda n: "a: " + "x" * n, 9_000_000),
    ("a long key", lambda n: "x" * n + ": 1\n" + SITE, 1_000_000),
    ("a long quoted key", lambda n: f'"{"x" * n}": 1\n' + SITE, 1_000_000),
    ("a key just short enough", lambda n: "".join(f"{'x' * 1000}{i}: 1\n" for i in range(n)) + SITE, 5_000),
    ("a long name", lambda n: SITE.replace("name: a", "name: " + "a." * n + "!"), 1_000_000),
    ("digits", lambda n: "a: " + "9" * n, 5_000_000),
    ("minus signs", lambda n: "a: " + "-" * n, 5_000_000),
    ("combining marks", lambda n: '"e' + "\u0301\u0316" * n + '": 1', 300_000),
    ("escapes", lambda n: 'a: "' + "\\u202e" * n + '"', 1_000_000),
    ("hidden characters", lambda n: "a: \x1b\n" * n, 900_000),
    ("spaces", lambda n: "a: 1" + " " * n, 9_000_000),
    ("line ends", lambda n: "\n" * n, 9_000_000),
    ("comments", lambda n: "# x\n" * n, 2_000_000),
    ("addresses of e-mail", lambda n: "a: " + "a@b." * n, 1_000_000),
    ("empty documents", lambda n: "---\n" * n, 100_000),
    ("the emptiest documents", documents("a: 1\n"), 100_000),
    ("documents of one word", documents("x\n"), 100_000),
    ("documents that end too early", documents("a: [\n"), 100_000),
    ("the same document", documents(SITE), 5_000),
    (
        "mistyped fields in many documents",
        documents(SITE.replace("city", "citi").replace("name: a", "name: a#")),
        5_000,
    ),
    ("references to nothing", needing("a#", "b#"), 5_000),
    ("references mistyped a little", needing("waffles-#-x", "wafles-#-x"), 5_000),
    ("one large circle", needing("a#", "a@"), 5_000),
    ("many small circles", needing("a#", "a#"), 5_000),
    ("unknown fields", lambda n: SITE + "".join(f"  f{i}: 1\n" for i in range(n)), 40_000),
    ("one field again and again", lambda n: SITE + "  name: x\n" * n, 90_000),
    ("tags", lambda n: SITE + "  tags: [" + "!!str a," * n + "]\n", 90_000),
    ("directives of tags", lambda n: "".join(f"%TAG !a{i}! b\n" for i in range(n)), 100_000),
    ("numbers", lambda n: "a: [" + "1," * n + "]", 4_900_000),
    ("empty lists", lambda n: "a: [" + "[]," * n + "]", 3_000_000),
    ("empty mappings", lambda n: "a: [" + "{}," * n + "]", 3_000_000),
    ("questions of the wrong type", questions("language: 1"), 20_000),
    ("questions without an end", questions("language: en, body: b#"), 25_000),
    ("the same question", questions("language: en, body: b"), 20_000),
    ("dependencies on nothing", listing("dependsOn", "enco/Survey/s#"), 50_000),
    ("earlier names", listing("previousNames", "s#"), 50_000),
    ("one earlier name", listing("previousNames", "s"), 50_000),
    ("mappings for names", listing("previousNames", "{a: #}"), 20_000),
    ("labels of the wrong type", listing("labels", "{a: 1}"), 20_000),
    ("ignored fields", lambda n: SITE.replace("replace: refuse", f"ignoreChanges: [{'namme, ' * n}]"), 50_000),
    ("placeholders of nothing", lambda n: SITE.replace("name: a", "name: " + "${value.x}" * n), 20_000),
    ("placeholders left open", lambda n: SITE.replace("name: a", "name: " + "${value." * n), 20_000),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A project whose manifests come from standard input."""
    return workspace(tmp_path_factory.mktemp("bombs"), {}, connections=projects.connections())


@pytest.mark.parametrize(("reason", "text", "size"), GROWING, ids=[case[0] for case in GROWING])
def test_ten_times_as_much_takes_about_ten_times_as_long(
    project: Workspace, reason: str, text: Text, size: int
) -> None:
    """Never with the square of the size: the smaller one takes its part of the time, the larger one stays in bounds. A
    busy machine may slow one of the two, so it has three goes."""
    goes = []
    for _ in range(3):
        small, large = (_taken(project, text(count)) for count in (size // 10, size))
        if large < 30 * max(small, 0.02):
            return
        goes.append((small, large))
    pytest.fail(f"{reason}: {goes}")


def _taken(project: Workspace, text: str) -> float:
    data = text.encode()
    began = seconds()
    tried(GROUP, lambda: load(project, ["-"], stdin=data))
    return seconds() - began


def bomb(levels: int) -> str:
    """Ten aliases a line, each of the line before."""
    lines = (f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels))
    return "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x, x]", *lines])


BOMBS = [
    (bomb(9), YAML_ALIAS, "a billion values"),
    (bomb(20), YAML_ALIAS, "more than there are atoms"),
    ("a: &a [*a]\n", YAML_ALIAS, "a list in itself"),
    ("a: &a {b: {c: *a}}\n", YAML_ALIAS, "a mapping in itself"),
    ("".join(f"a{i}: &a{i} x\n" for i in range(1000)), YAML_ALIAS, "a thousand anchors"),
    ("a: " + "[" * 65 + "]" * 65, TOO_DEEP, "65 deep"),
    ("a: &a " + "[" * 60 + "]" * 60 + "\nb: [[[[*a]]]]", YAML_ALIAS, "an alias that makes it too deep"),
    ("x" * 10_000_001, TOO_LARGE, "a byte more than 10 MB"),
    ("\n" * 1_000_001, TOO_LARGE, "a million lines and one"),
    ("a: [" + "1," * 100_001 + "]", TOO_LARGE, "too many values in one document"),
    ("---\n".join(["a: [" + "1," * 90_000 + "]\n"] * 12), TOO_LARGE, "too many values in one file"),
    ("%TAG ! x\n" * 200 + "---\na: 1\n", YAML_TAG, "many directives"),
    (documents("a: 1\n")(1000), MORE_PROBLEMS, "two thousand problems"),
]


@pytest.mark.parametrize(("text", "code", "reason"), BOMBS, ids=[case[2] for case in BOMBS])
def test_bombs_are_refused_as_what_they_are(project: Workspace, text: str, code: str, reason: str) -> None:
    """Each is told by its own code, before it costs anything."""
    verdict: Verdict[object] = tried(GROUP, lambda: load(project, ["-"], stdin=text.encode()))
    assert code in verdict.codes, reason


def test_a_project_file_with_a_large_secret(project: Workspace) -> None:
    """What has to be hidden in every line that is shown may be as large as the file."""
    from reconciler import project as project_file

    path = project.folder / "secret.yaml"
    unknown = "".join(f"      f{i}: [{', '.join(f's{i}x{k}' for k in range(400))}]\n" for i in range(200))
    path.write_text(projects.PROJECT.replace("    enco:\n", f"    enco:\n{unknown}"), encoding="utf-8")
    verdict = tried("project files", lambda: project_file.load(path, None, {}))
    assert verdict.errors
    assert not any("s3x7" in error.snippet + error.message + error.hint for error in verdict.errors)
