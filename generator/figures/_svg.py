"""Matplotlib's SVG in, SVG for a strict page out: no styles, no foreign names, own ids, few digits, the same bytes.

Style attributes become presentation attributes (a strict content security policy forbids the former), ids that
nothing refers to go and the others get the figure's prefix, groups without attributes dissolve, and numbers are
rounded in geometry only. What every text has in common stands once, at the root.
"""

import re
from xml.etree import ElementTree

ROOT = {
    "xmlns": "http://www.w3.org/2000/svg",
    "font-family": "'Source Sans Pro', 'Source Sans 3', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
    "font-size": "8",
    "stroke-linejoin": "round",
    "overflow": "visible",
}
GEOMETRY = ("d", "transform", "points", "x", "y", "width", "height")
DROPPED_TAGS = ("metadata", "style")
DROPPED = {
    "font-family": None,
    "font-size": "8",
    "stroke-linejoin": None,
    "text-anchor": "start",
    "stroke-dashoffset": "0",
    "stroke-width": "1",
    "stroke-linecap": "butt",
    "clip-rule": None,
}
"""Properties that say what holds anyway: at the root or as the default; None stands for any value."""
NUMBER = re.compile(r"-?\d+(?:\.\d+(?:e-?\d+)?|e-?\d+)")
REFERENCE = re.compile(r"url\(#([^)]+)\)")
STILL = re.compile(r"\s*rotate\(-?0(?:\.0*)? [^)]*\)\s*")


def tidy(svg: str, *, prefix: str, width: float, height: float) -> str:
    """Return the drawing `svg` cleaned; `prefix` leads its ids, `width` and `height` are in millimetres."""
    root = ElementTree.fromstring(svg)
    view = root.attrib["viewBox"]
    _strip_namespaces(root)
    _prune(root)
    for element in root.iter():
        _flatten_style(element)
        _round_geometry(element)
    _undress_markers(root)
    _rename_ids(root, prefix)
    _dissolve_groups(root)
    root.attrib.clear()
    root.attrib.update(ROOT, viewBox=view, width=f"{width:g}mm", height=f"{height:g}mm")
    return ElementTree.tostring(root, encoding="unicode")


def _strip_namespaces(root: ElementTree.Element) -> None:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        element.tail = None
        if element.tag != "text":
            element.text = None


def _prune(parent: ElementTree.Element) -> None:
    for child in list(parent):
        _prune(child)
        empty = child.tag in {"defs", "g"} and not len(child)
        if child.tag in DROPPED_TAGS or empty or _is_invisible(child):
            parent.remove(child)


def _is_invisible(element: ElementTree.Element) -> bool:
    """Tell whether a path has no points, or neither fill nor stroke."""
    bare = element.attrib.get("style", "").replace(" ", "") == "fill:none"
    return bare or not element.attrib.get("d", "-")


def _flatten_style(element: ElementTree.Element) -> None:
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name:
            element.set(name, value.removesuffix("px"))
    for name, default in DROPPED.items():
        if name in element.attrib and default in {None, element.attrib[name]}:
            del element.attrib[name]
    if STILL.fullmatch(element.attrib.get("transform", "")):
        del element.attrib["transform"]


def _round_geometry(element: ElementTree.Element) -> None:
    for name in GEOMETRY:
        if name in element.attrib:
            element.set(name, " ".join(NUMBER.sub(_rounded, element.attrib[name]).split()))


def _rounded(match: re.Match[str]) -> str:
    text = f"{float(match.group()):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _undress_markers(root: ElementTree.Element) -> None:
    """Leave colours to the `use` of a marker: inside its copy no selector of the page would reach them."""
    for definitions in root.iter("defs"):
        for element in definitions.findall("path"):
            for name in [name for name in element.attrib if name == "fill" or name.startswith("stroke")]:
                del element.attrib[name]


def _rename_ids(root: ElementTree.Element, prefix: str) -> None:
    used = {match for element in root.iter() for match in _references(element)}
    names: dict[str, str] = {}
    for element in root.iter():
        old = element.attrib.pop("id", "")
        if old in used:
            names[old] = f"{prefix}-{len(names) + 1}"
            element.set("id", names[old])
    for element in root.iter():
        if "href" in element.attrib:
            element.set("href", f"#{names[element.attrib['href'][1:]]}")
        if "clip-path" in element.attrib:
            element.set("clip-path", f"url(#{names[REFERENCE.findall(element.attrib['clip-path'])[0]]})")


def _references(element: ElementTree.Element) -> list[str]:
    own = [element.attrib["href"].removeprefix("#")] if "href" in element.attrib else []
    return own + REFERENCE.findall(element.attrib.get("clip-path", ""))


def _dissolve_groups(parent: ElementTree.Element) -> None:
    children: list[ElementTree.Element] = []
    for child in parent:
        _dissolve_groups(child)
        children.extend(child if child.tag == "g" and not child.attrib else [child])
    parent[:] = children
