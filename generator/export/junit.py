"""The gates as test cases of JUnit, for a pipeline that shows them beside its tests."""

import io
from xml.etree import ElementTree

from generator.records.artifact import Artifact
from generator.records.decision import Gate
from generator.records.notation import spell, write
from generator.records.plugin import Companion
from generator.records.results import Results

PATH = "ci/gates.xml"


def export(results: Results) -> Artifact | None:
    """Return `ci/gates.xml`: a gate that fails is a failure, one that could not be judged is skipped."""
    if not results.gates:
        return None
    head = results.header
    count = {kind: sum(gate.verdict == kind for gate in results.gates) for kind in ("fail", "inconclusive")}
    suite = ElementTree.Element(
        "testsuite",
        name=f"{head.project} {head.version} as of {head.as_of.isoformat()}",
        tests=str(len(results.gates)),
        failures=str(count["fail"]),
        skipped=str(count["inconclusive"]),
        errors="0",
    )
    for gate in results.gates:
        suite.append(_case(gate, head.project, head.currency))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    written = io.BytesIO()
    ElementTree.ElementTree(root).write(written, encoding="utf-8", xml_declaration=True)
    return Artifact(path=PATH, content=written.getvalue() + b"\n")


def _case(gate: Gate, project: str, currency: str) -> ElementTree.Element:
    kind = "hard" if gate.hard else "soft"
    case = ElementTree.Element("testcase", classname=f"{project}.gates.{kind}", name=gate.title, time="0")
    told = f"{write(gate.value, currency=currency)}, bound {write(gate.bound, currency=currency)}"
    if gate.verdict == "fail":
        failure = ElementTree.SubElement(case, "failure", message=told, type=kind)
        failure.text = spell(gate.remedy, currency=currency)
    elif gate.verdict == "inconclusive":
        ElementTree.SubElement(case, "skipped", message=f"inconclusive: {told}")
    return case


COMPANION = Companion(id="junit", title="Gates as test cases of JUnit (ci/gates.xml)", export=export)
