"""The examples that `init` writes as comments are valid when the comment signs are taken away."""

import re
from pathlib import Path

import pytest

from generator.load.examples import later_sections
from tests.load.example import problems, text


@pytest.mark.parametrize("task", ["regression", "binary"])
def test_the_alert_rule_goes_with_the_task(tmp_path: Path, task: str):
    lines = later_sections(binary=task == "binary").splitlines()
    start = lines.index("#alerts:")
    section = [re.sub("^#", "", line) for line in lines[start : lines.index("", start)]]
    content = text().replace("target: sold", f"target: sold\n  task: {task}") + "\n".join(section) + "\n"
    assert problems(tmp_path, content) == ()
    assert "{metrics}" not in "\n".join(lines) and "{rule}" not in "\n".join(lines)
