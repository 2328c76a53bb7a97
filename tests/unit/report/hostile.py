"""Texts that vendors and pull requests might hold, and a plan that holds one wherever such text can stand."""

from __future__ import annotations

from reconciler.model import (
    Action,
    Address,
    Blocked,
    Cause,
    Drift,
    GuardStop,
    Impact,
    Outcome,
    Plan,
    Selection,
    Source,
    Status,
    Trouble,
    Unmanaged,
)
from tests.unit.report import samples as s

LONG = "x" * 1_000_000

# name: the text. Each is told between "seen" and "too", so that it can be found however it is spelled.
TEXTS: dict[str, str] = {
    "colour": "\x1b[31mred\x1b[0m",
    "cursor": "\x1b[2J\x1b[H\x1b]0;title\x07",
    "one-byte CSI": "\x9b31m",
    "carriage return": "a\rPlan: 0 to add",
    "line feed": "a\nPlan: 0 to add, 0 to change, 0 to destroy.",
    "bell and NUL": "\x07\x00\x08",
    "bidi": "\u202egnp.exe\u2066\u2069",
    "zero width": "Ac\u200bme\ufeff\u2060",
    "combining flood": "Z" + "\u0335\u0321\u0489" * 4,
    "lone surrogate": "\ud800 \udfff",
    "XML's forbidden": "\x0b\x0c\ufffe\uffff ]]> <![CDATA[",
    "line separators": "a\u2028b\u2029c\x85d",
    "rich markup": "[red]x[/red] [link=http://evil.example]y[/link]",
    "workflow command": "\n::set-env name=PATH::/evil",
    "workflow error": "\n  ::error file=a.py,line=1::gotcha",
    "old workflow command": "##[add-mask]x ##[set-env name=a]b",
    "Azure command": "##vso[task.setvariable variable=a]b",
    "TeamCity command": "##teamcity[buildNumber '1']",
    "mentions": "@everyone @org/team user@example.com",
    "references": "#123 GH-1 org/repo#1 1234567890abcdef1234567890abcdef12345678 !4 ~bug",
    "backticks": "`a` ``b`` " + "`" * 70,
    "code fence": "```\n# gone\n```",
    "tilde fence": "~~~\nx\n~~~",
    "pipes": "| a | b |\n|---|---|",
    "emphasis": "**bold** _it_ ~~del~~ # h1 > quote",
    "link": "[click](javascript:alert(1)) <https://evil.example> www.evil.example https://evil.example",
    "image": "![x](https://evil.example/pixel.png)",
    "closing details": "</details></summary></code></pre>",
    "script": "<script>alert(1)</script></script><!-- ",
    "image with handler": "<img src=x onerror=alert(1)>",
    "attribute break": '" onmouseover="alert(1)" x=\'',
    "template": "{{ 7*7 }} {% raw %} ${{ secrets.X }} %(x)s {0}",
    "noscript": "</noscript><img src=x onerror=alert(1)>",
    "style": "</style><style>*{display:none}</style>",
    "formula": "=cmd|'/c calc'!A0",
    "formula with plus": "+1+1",
    "formula with minus": "-1+1",
    "formula with at": "@SUM(1)",
    "formula after a tab": "\t=1+1",
    "formula after a return": "\r=1+1",
    "wide formula": "\uff1d1+1",
    "quotes": '"a","b"\n"c"',
    "backslashes": "\\n \\u001b \\\\ \\",
    "apostrophe": "'=1",
    "label": '"} 1\nreconciler_evil 1\n# EOF',
}


def told(text: str) -> str:
    """The text between two words by which it is found."""
    return (
        f"seen{text}too"
        if not text.startswith(("=", "+", "-", "@", "\t", "\r", "'", "\uff1d", '"'))
        else f"{text} seentoo"
    )


def plan(text: str) -> Plan:
    """A plan that holds the text in every place where vendors' and users' text can stand."""
    spec = {"name": text, "country_code": "GB", "address_line_1": text}
    survey = {"name": text, "questions": [{"language": "en", "body": text}, {"language": text, "body": "b"}]}
    question = s.change(
        s.QUESTION,
        Action.CREATE,
        after={"body": text, "language": "nl"},
        fields=(s.field("body", None, text), s.field("language", None, "nl")),
        source=Source(f"manifests/{text}.yaml", 3, row=Source(f"{text}.csv", 4)),
    )
    update = s.change(
        s.LEEDS,
        Action.UPDATE,
        id=text,
        before={**spec, "name": "before"},
        after=spec,
        fields=(s.field("address_line_1", text, None), s.field("name", f"before {text}", text, Cause.CONFLICT)),
        warnings=(text,),
    )
    replacement = s.change(
        s.WAFFLES,
        Action.CREATE_DELETE,
        id="8",
        before={**survey, "questions": []},
        after=survey,
        fields=(s.field("questions", [{"language": text, "body": text}], survey["questions"]),),
        impact=Impact({"responses": 3}, (text,)),
        connection=text,
    )
    delete = s.change(s.YORK, Action.DELETE, id=text, before=spec, impact=Impact(failed=text), connection=text)
    blocked = s.change(
        s.ACME,
        Action.CREATE,
        after={"name": text},
        blocked=Blocked("ambiguous", text, (text, f"{text}2")),
        source=Source(text, 1),
    )
    drift = (
        Drift(
            s.LEEDS, text, text, {"name": "a"}, {"name": text}, (s.field("name", "a", text, Cause.DRIFT),), False, text
        ),
        Drift(s.YORK, "optimum", text, spec, None, (), True, f"gone {text}"),
    )
    return s.plan(
        question, update, replacement, delete, blocked,
        drift=drift,
        unmanaged=(Unmanaged(text, "optimum/Location", text, text),),
        troubles=(Trouble(text, "customersure/Site", "RCN0501", text, 5, text),),
        stops=(GuardStop("data_loss", text, (s.WAFFLES,), text),),
        warnings=(text,),
        selection=Selection(files=(text[:300],), targets=(text[:300],), excludes=(text[:300],)),
    )  # fmt: skip


def outcomes(text: str) -> tuple[Outcome, ...]:
    """Outcomes of that plan with the text in every message."""
    return (
        Outcome(s.QUESTION, Action.CREATE, Status.FAILED, id=text, code="RCN0501", message=text, seconds=0.1),
        Outcome(s.LEEDS, Action.UPDATE, Status.UNKNOWN, id=text, code="RCN0902", message=text, seconds=0.1),
        Outcome(s.WAFFLES, Action.CREATE_DELETE, Status.SKIPPED, message=text, because=s.LEEDS),
        Outcome(Address("optimum", "Location", "york"), Action.DELETE, Status.DONE, id=text, seconds=0.2),
    )
