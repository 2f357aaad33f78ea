from tests.mutants.changes import changes
from tests.mutants.run import ROOT, RULES

SOURCE = '''
def severe(low: float, margin: float) -> bool:
    """Return whether even the lower bound is beyond."""
    return low > 2.5 * margin and not margin <= 0


def bound(interval, budget):
    return min(interval.high, budget) if budget else -interval.low
'''


def test_every_rule_is_turned_once_and_nothing_else():
    whats = [change.what.split("  →  ") for change in changes("x.py", SOURCE)]
    turned = {before: after for before, after in whats}
    assert turned["2.5"] == "3.5"
    assert turned["2.5 * margin"] == "2.5 / margin"
    assert turned["min(interval.high, budget)"] == "max(interval.high, budget)"
    assert turned["interval.high"] == "interval.low"
    assert turned["-interval.low"] == "interval.low"
    assert [after for before, after in whats if before == "low > 2.5 * margin"] == [
        "low >= 2.5 * margin",
        "low < 2.5 * margin",
    ]
    assert "low > 2.5 * margin or" in turned["low > 2.5 * margin and (not margin <= 0)"]


def test_a_change_is_a_whole_module_that_differs_in_one_place():
    import ast

    before = ast.unparse(ast.parse(SOURCE))
    for change in changes("x.py", SOURCE):
        differing = [(a, b) for a, b in zip(before.splitlines(), change.source.splitlines(), strict=True) if a != b]
        assert len(differing) == 1, change.what
        ast.parse(change.source)


def test_every_file_of_rules_is_there_and_holds_some():
    for file in (file for files in RULES.values() for file in files):
        source = (ROOT / "generator" / file).read_text(encoding="utf-8")
        assert any(True for _ in changes(file, source)), file
