"""The graph of dependencies as data and as text for other programs: DOT, Mermaid, JSON. Each edge is from what depends
to what it depends on, as in Terraform's graphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from reconciler.model import JSON, Address, Desired, Plan, Source
from reconciler.report.shape import source_document
from reconciler.report.visible import quoted, visible

_DECLARED: Final = "no-op"  # the word of what has no action: nothing was planned
_ASIDE: Final = "still"  # not selected; drawn because something selected depends on it
_TONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "create": "#17724a",
        "update": "#8a5a00",
        "delete": "#bd1f2d",
        "blocked": "#bd1f2d",
        "replace": "#a3185f",
        "adopt": "#0b6a8f",
        "send": "#5a3fc0",
        "forget": "#636873",
        _DECLARED: "#636873",
        _ASIDE: "#636873",
    }
)


@dataclass(frozen=True, slots=True)
class Node:
    """One address. ``tally`` is the plan's word for what happens there; None where nothing was planned."""

    address: Address
    connection: str
    tally: str | None = None
    source: Source | None = None
    selected: bool = True

    @property
    def tone(self) -> str:
        """The word that gives it its colour."""
        return (self.tally or _DECLARED) if self.selected else _ASIDE


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges in a fixed order; both ends of an edge are among the nodes."""

    project: str
    environment: str | None
    nodes: tuple[Node, ...]
    edges: tuple[tuple[Address, Address], ...]

    @property
    def title(self) -> str:
        """Whose graph it is."""
        return f"Dependencies of {self.project}" + (f" ({self.environment})" if self.environment else "")


def declared(
    project: str, environment: str | None, desired: Sequence[Desired], selects: Callable[[Address], bool]
) -> Graph:
    """The graph of manifests."""
    nodes = {one.address: Node(one.address, one.connection, source=one.source) for one in desired}
    needs = {one.address: one.depends_on for one in desired}
    return _graph(project, environment, nodes, needs, selects)


def planned(plan: Plan, selects: Callable[[Address], bool]) -> Graph:
    """The graph of a plan's changes."""
    nodes = {c.address: Node(c.address, c.connection, c.tally, c.source) for c in plan.changes}
    needs = {change.address: change.depends_on for change in plan.changes}
    return _graph(plan.project, plan.environment, nodes, needs, selects)


def _graph(
    project: str,
    environment: str | None,
    nodes: Mapping[Address, Node],
    needs: Mapping[Address, tuple[Address, ...]],
    selects: Callable[[Address], bool],
) -> Graph:
    """What is selected, and all that it depends on."""
    chosen = {address for address in nodes if selects(address)}
    reached, waiting = set(chosen), sorted(chosen)
    while waiting:
        more = {other for other in needs[waiting.pop()] if other in nodes} - reached
        reached |= more
        waiting += sorted(more)
    shown = [_beside(nodes[address], selected=address in chosen) for address in sorted(reached)]
    edges = sorted({(address, other) for address in reached for other in needs[address] if other in reached})
    return Graph(project, environment, tuple(shown), tuple(edges))


def _beside(node: Node, *, selected: bool) -> Node:
    return node if selected else Node(node.address, node.connection, node.tally, node.source, selected=False)


def dot_text(graph: Graph) -> str:
    """For Graphviz; ends with a newline."""
    lines = [
        f"digraph {quoted(graph.title)} {{",
        "  rankdir = RL;",
        '  node [shape = box, style = rounded, fontname = "sans-serif"];',
    ]
    for node in graph.nodes:
        tone = _TONES[node.tone]
        dashed = "" if node.selected else ', style = "rounded,dashed"'
        word = f"\\n{node.tally}" if node.tally else ""
        label = quoted(f"{node.address.kind}\n{node.address.name}").replace("\n", "\\n")[:-1] + f'{word}"'
        lines.append(f'  {quoted(str(node.address))} [label = {label}, color = "{tone}"{dashed}];')
    lines += [f"  {quoted(str(one))} -> {quoted(str(other))};" for one, other in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def mermaid_text(graph: Graph) -> str:
    """For Mermaid, as GitHub and GitLab draw it in Markdown; ends with a newline."""
    number = {node.address: f"n{index}" for index, node in enumerate(graph.nodes, start=1)}
    lines = ["flowchart RL"]
    for node in graph.nodes:
        word = f"<br>{node.tally}" if node.tally else ""
        label = f"{_entities(node.address.kind)}<br>{_entities(node.address.name)}{word}"
        lines.append(f'  {number[node.address]}["{label}"]')
    lines += [f"  {number[one]} --> {number[other]}" for one, other in graph.edges]
    for tone in sorted({node.tone for node in graph.nodes}):
        members = ",".join(number[node.address] for node in graph.nodes if node.tone == tone)
        dashed = ",stroke-dasharray:4 3" if tone == _ASIDE else ""
        name = f"is_{tone.replace('-', '_')}"  # no word of Mermaid's own
        lines += [f"  classDef {name} stroke:{_TONES[tone]}{dashed}", f"  class {members} {name}"]
    return "\n".join(lines) + "\n"


def graph_document(graph: Graph) -> dict[str, JSON]:
    """For programs."""
    nodes: list[JSON] = [
        {
            "address": str(node.address),
            "type": node.address.type,
            "provider_name": node.address.provider,
            "connection": node.connection,
            "action": node.tally,
            "selected": node.selected,
            "source": source_document(node.source),
        }
        for node in graph.nodes
    ]
    edges: list[JSON] = [{"from": str(one), "to": str(other)} for one, other in graph.edges]
    return {
        "format_version": "1.0",
        "project": graph.project,
        "environment": graph.environment,
        "nodes": nodes,
        "edges": edges,
    }


def svg_text(graph: Graph) -> str:
    """A picture that needs nothing else; alike addresses are folded into one box. Ends with a newline."""
    from reconciler.report.html.graph import laid_out
    from reconciler.report.html.template import picture

    tallies = {node.address: node.tone for node in graph.nodes}
    return picture(laid_out(tallies, {(other, one) for one, other in graph.edges}), visible(graph.title))


def _entities(text: str) -> str:
    """Text in a quoted label of Mermaid's, which knows characters by number alone."""
    return "".join(c if c.isalnum() or c in "/.-_ " else f"#{ord(c)};" for c in visible(text))
