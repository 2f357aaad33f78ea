"""The command line: words in; results, errors and exit codes out. The stages behind it are played."""

import contextlib
import datetime
import io
import json
import logging
import os
import pty
import re
import subprocess
import sys
import types
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import generator
from generator import cli
from generator.catalog import CATALOG
from generator.cli import COMMANDS, app
from generator.cli.contents import catalog_with
from generator.cli.options import processors
from generator.errors import EnvironmentLacks, InputError, Problem
from generator.records.decision import Gate, Verdict
from generator.records.evidence import Claim, Severity
from generator.records.evidence import finding as finding_of
from generator.records.fact import Fact
from generator.records.places import schema_file
from generator.records.results import Header, Results

HEAVY = ("numpy", "pandas", "pyarrow", "scipy", "duckdb", "weasyprint", "matplotlib", "sklearn", "yaml")
"""Not pydantic: typer itself reads the words of a command with it."""
ROOT = Path(__file__).resolve().parents[1]
KINDS = ("documents", "analyses", "decisions", "figures", "formats", "companions", "engines", "readers")


@dataclass(frozen=True, kw_only=True)
class BuildOptions:
    output: Path | None
    beside: Path
    formats: tuple[str, ...]
    documents: tuple[str, ...]
    as_of: datetime.date | None
    changes: tuple[str, ...]
    previous: Path | None
    jobs: int


@dataclass(frozen=True, kw_only=True)
class Built:
    bundle: Path
    results: Results
    gaps: int
    undrawn: tuple[str, ...]
    before: Path | None = None
    stale: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


Progress = Callable[[str], AbstractContextManager[None]]


@dataclass
class Pipeline:
    """Plays the pipeline: records what it is asked and gives, or raises, what it is told."""

    built: Built
    error: BaseException | None = None
    warnings: tuple[Problem, ...] = ()
    exposed: bytes = b"# What the alert rules of m read.\na 1\n"
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def build(self, project: Path, catalog: object, options: BuildOptions, progress: Progress) -> Built:
        return self._answer(progress, project, options)

    def render(
        self, bundle: Path, catalog: object, output: Path | None, formats: Any, documents: Any, progress: Progress
    ) -> Built:
        return self._answer(progress, bundle, output, formats, documents)

    def check(
        self, project: Path, catalog: object, progress: Progress, *, changes: tuple[str, ...] = ()
    ) -> tuple[Problem, ...]:
        self._answer(progress, project, *changes)
        return self.warnings

    def metrics(
        self, project: Path, catalog: object, now: Any, as_of: Any, progress: Progress, *, changes: Any, jobs: int
    ) -> bytes:
        self._answer(progress, project, as_of, *changes)
        return self.exposed

    def _answer(self, progress: Progress, *asked: Any) -> Built:
        self.asked.append(asked)
        with progress("load"):
            pass
        with progress("measure"):
            if self.error:
                raise self.error
        return self.built


def results(verdict: Verdict = "proceed", severity: Severity | None = None) -> Results:
    day = datetime.date(2026, 1, 31)
    header = Header(
        project="shop",
        title="Shop",
        model="Ridge",
        version="1",
        as_of=day,
        currency="EUR",
        simulated=False,
        classification="internal",
        inputs=(),
        digest="",
        tool="",
    )
    cost = Fact(id="business.loss", value=1200.0, unit="money")
    gate = Gate(
        id="overall",
        title="Overall",
        hard=True,
        verdict="pass",
        value=Fact(id="a", value=day),
        bound=Fact(id="b", value=9.5),
        why=(),
        remedy=(),
        evidence=("a",),
    )
    failed = replace(gate, title="Of \x1b[31m premium", verdict="fail")
    open_one = replace(gate, title="Services", hard=False, verdict="inconclusive")
    claim = Claim(what="cost", relation="above", value=cost)
    finding = finding_of("f", "drift", severity or "watch", "price", ("costs ", cost), claim)
    return Results(
        header=header,
        verdict=verdict,
        facts={},
        tables={},
        findings=(finding,) if severity else (),
        gates=(gate, failed, open_one),
        alerts=(),
        triggers=(),
    )


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pipeline:
    """Put the played pipeline in the place of the real one, and two projects where the commands look for one."""
    played = Pipeline(built=Built(bundle=Path("output/shop"), results=results(), gaps=0, undrawn=()))
    stages = types.SimpleNamespace(
        build=played.build,
        render=played.render,
        check=played.check,
        metrics=played.metrics,
        BuildOptions=BuildOptions,
    )
    monkeypatch.setitem(sys.modules, "generator.pipeline", stages)
    monkeypatch.setattr(generator, "pipeline", stages, raising=False)
    (tmp_path / "shop" / "deep").mkdir(parents=True)
    for name in ("shop/dossier.yaml", "shop/results.json"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return played


def run(*words: str) -> Any:
    return CliRunner().invoke(app, words)


def give(played: Pipeline, outcome: Results, gaps: int = 0) -> None:
    played.built = Built(bundle=Path("output/shop"), results=outcome, gaps=gaps, undrawn=())


def test_build_prints_the_bundle_last_and_the_progress_apart(pipeline: Pipeline):
    result = run("build", "shop")
    assert result.exit_code == 0
    assert result.stdout == "output/shop\n"
    assert result.stderr.startswith("load … done\nmeasure … done\nverdict: proceed\n")


def test_build_ends_with_how_it_ended(pipeline: Pipeline):
    give(pipeline, results("proceed_with_conditions", "severe"), gaps=2)
    assert run("build", "shop", "--json").stderr.splitlines()[2:] == [
        "verdict: proceed with conditions",
        "gates: 1 pass, 1 fail (Of \\u001b[31m premium, hard), 1 inconclusive (Services)",
        "findings: 1 severe, 0 confirmed, 0 watch",
        "gaps: 2 of 0 facts have no value",
        "time: 0 s",
    ]


def test_metrics_are_printed_or_put_in_the_place_of_earlier_ones_and_of_nothing_else(pipeline: Pipeline):
    assert run("metrics", "shop", "--as-of", "2026-01-31").stdout.encode() == pipeline.exposed
    assert pipeline.asked[-1] == (Path("shop"), datetime.date(2026, 1, 31))
    for _ in range(2):
        assert run("metrics", "shop", "-o", "m.prom").stdout == "m.prom\n"
        assert Path("m.prom").read_bytes() == pipeline.exposed
        pipeline.exposed = pipeline.exposed.replace(b"a 1", b"a 2")
    assert sorted(path.name for path in Path().iterdir()) == ["m.prom", "shop"]
    Path("m.prom").write_text("# What the alert rules of another read.\n")
    refused = run("metrics", "shop", "-o", "m.prom")
    assert refused.exit_code == 2 and "something else stands" in refused.stderr
    assert Path("m.prom").read_text().startswith("# What the alert rules of another")


def test_a_project_is_looked_for_upwards(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch):
    """Its bundle goes beside it; that of a project that was named goes here."""
    shop = Path.cwd() / "shop"
    run("build", "shop")
    monkeypatch.chdir(shop / "deep")
    assert run("build").exit_code == run("check").exit_code == 0
    (named, options), (found, beside), (checked,) = pipeline.asked
    assert (named, options.beside, found, beside.beside, checked) == (Path("shop"), Path(), shop, shop, shop)


def test_where_there_is_no_project_it_says_how_to_begin_one(pipeline: Pipeline):
    result = run("build")
    assert (result.exit_code, pipeline.asked) == (2, [])
    assert "there is no dossier.yaml in" in result.stderr and "dossier init" in result.stderr


def test_values_are_set_and_variables_of_the_environment_stand_for_options(pipeline: Pipeline):
    variables = {"DOSSIER_JOBS": "3", "DOSSIER_QUIET": "1", "DOSSIER_FAIL_ON": "warning", "DOSSIER_STRICT": "1"}
    give(pipeline, results("delay"))
    words = ["build", "shop", "--set", "model.version=2", "--set", "data.time_zone=UTC"]
    result = CliRunner(env=variables).invoke(app, words)
    ((_, options),) = pipeline.asked
    assert (options.changes, options.jobs) == (("model.version=2", "data.time_zone=UTC"), 3)
    assert (result.exit_code, "load" in result.stderr) == (1, False)
    assert run("build", "shop", "--jobs", "2").exit_code == 0


def test_a_refusal_says_which_option_refuses(pipeline: Pipeline):
    give(pipeline, results("delay", "watch"), gaps=3)
    said = "exit code 1: --fail-on error, and the verdict is delay, with 0 severe, 0 confirmed, 1 watch\n"
    assert run("build", "shop", "--fail-on", "error", "--quiet").stderr == said
    assert run("build", "shop", "--strict", "-q").stderr == "exit code 1: --strict, and facts without a value: 3\n"


@pytest.mark.parametrize("quiet", [True, False])
def test_quiet_silences_libraries_too(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, quiet: bool):
    """`python -W` keeps the last word, as these tests rely on, which take every warning for an error."""
    monkeypatch.setattr(sys, "warnoptions", [])

    def loud(*_asked: Any) -> Built:
        warnings.warn("the model is old", stacklevel=1)
        logging.getLogger("weasyprint").error("a font is missing")
        return pipeline.built

    monkeypatch.setattr(sys.modules["generator.pipeline"], "build", loud)
    result = run("build", "shop", *["--quiet"] * quiet)
    assert result.exit_code == (0 if quiet else 70)
    assert logging.root.manager.disable == logging.NOTSET


def test_build_hands_its_options_on(pipeline: Pipeline):
    words = (
        "build shop -o out --format pdf --format md --document monitoring --as-of 2026-01-31 --jobs 3 --engine duckdb"
    )
    assert run(*words.split(), "--quiet").exit_code == 0
    options = BuildOptions(
        output=Path("out"),
        beside=Path(),
        formats=("md", "pdf"),
        documents=("monitoring",),
        as_of=datetime.date(2026, 1, 31),
        changes=(),
        previous=None,
        jobs=3,
    )
    assert pipeline.asked == [(Path("shop"), options)]


def test_build_makes_everything_when_nothing_is_chosen(pipeline: Pipeline):
    run("build", "shop")
    ((_, options),) = pipeline.asked
    assert options.formats == ("md", "html", "pdf")
    assert options.documents == ()
    assert options.as_of is None
    assert options.jobs >= 1


def test_quiet_says_nothing_but_the_result(pipeline: Pipeline):
    result = run("build", "shop", "-q")
    assert (result.stdout, result.stderr) == ("output/shop\n", "")


def test_json_tells_the_verdict(pipeline: Pipeline):
    give(pipeline, results("delay", "severe"), gaps=2)
    told = json.loads(run("build", "shop", "--json").stdout)
    assert [gate["verdict"] for gate in told["gates"]] == ["pass", "fail", "inconclusive"]
    assert told | {"gates": told["gates"][:1]} == {
        "bundle": "output/shop",
        "verdict": "delay",
        "gaps": 2,
        "previous": None,
        "stale": [],
        "gone": [],
        "gates": [
            {"id": "overall", "verdict": "pass", "hard": True, "value": "2026-01-31", "bound": 9.5, "evidence": ["a"]}
        ],
        "findings": [
            {
                "id": "f",
                "kind": "drift",
                "severity": "severe",
                "subject": "price",
                "evidence": ["business.loss"],
                "text": "costs €1,200",
            }
        ],
    }


@pytest.mark.parametrize(
    ("verdict", "severity", "gaps", "options", "code"),
    [
        ("delay", "severe", 9, [], 0),
        ("delay", "severe", 9, ["--fail-on", "never"], 0),
        ("proceed", "watch", 9, ["--fail-on", "warning"], 0),
        ("proceed", None, 0, ["--fail-on", "warning", "--strict"], 0),
        ("proceed", "confirmed", 0, ["--fail-on", "warning"], 1),
        ("proceed", "severe", 0, ["--fail-on", "warning"], 1),
        ("proceed_with_conditions", None, 0, ["--fail-on", "warning"], 1),
        ("delay", None, 0, ["--fail-on", "warning"], 1),
        ("proceed_with_conditions", "confirmed", 0, ["--fail-on", "error"], 0),
        ("proceed", "severe", 0, ["--fail-on", "error"], 1),
        ("delay", None, 0, ["--fail-on", "error"], 1),
        ("proceed", None, 1, ["--strict"], 1),
        ("proceed", None, 1, ["--strict", "--json"], 1),
    ],
)
def test_the_exit_code_says_no(
    pipeline: Pipeline, verdict: Verdict, severity: Severity, gaps: int, options: list[str], code: int
):
    give(pipeline, results(verdict, severity), gaps)
    result = run("build", "shop", *options)
    assert result.exit_code == code
    assert "output/shop" in result.stdout


PROBLEMS = (Problem(what="no rows", where="dossier.yaml:3:5", hint="add some"), Problem(what="no \x1b[31m model"))


@pytest.mark.parametrize(
    ("error", "code"), [(InputError("a", problems=PROBLEMS), 2), (EnvironmentLacks("a", problems=PROBLEMS), 3)]
)
@pytest.mark.parametrize("command", ["build", "render", "check"])
def test_an_error_is_a_few_lines(pipeline: Pipeline, command: str, error: Exception, code: int):
    pipeline.error = error
    result = run(command, "shop")
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr == (
        "load … done\nmeasure … failed\n"
        "error: no rows\n  at dossier.yaml:3:5\n  try: add some\n"
        "error: no \\u001b[31m model\n"
    )


@pytest.mark.parametrize("command", ["build", "render", "check"])
def test_an_error_is_json_too(pipeline: Pipeline, command: str):
    pipeline.error = InputError("a", where="b", hint="c")
    result = run(command, "shop", "--json", "--quiet")
    assert result.exit_code == 2
    assert result.stderr == ""
    assert json.loads(result.stdout) == {
        "error": {"problems": [{"what": "a", "where": "b", "hint": "c"}], "exit_code": 2}
    }


def test_an_interruption_is_130(pipeline: Pipeline):
    pipeline.error = KeyboardInterrupt()
    result = run("build", "shop")
    assert result.exit_code == 130
    assert result.stderr.endswith("error: interrupted\n")


def test_an_internal_error_leaves_a_report(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pipeline.error = ZeroDivisionError("division by zero")
    result = run("build", "shop", "-q")
    (report,) = tmp_path.glob("*.txt")
    assert result.exit_code == 70
    assert result.stderr == (
        f"error: internal error: ZeroDivisionError: division by zero; please report it\n  at {report}\n"
    )
    assert "Traceback" in report.read_text()


def test_an_internal_error_needs_no_place_for_its_report(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    pipeline.error = ZeroDivisionError("division by zero")
    assert run("build", "shop", "-q").stderr.endswith("please report it\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("build nowhere", "there is no nowhere"),
        ("build shop/deep", "has no dossier.yaml"),
        ("check nowhere", "there is no nowhere"),
        ("build shop --as-of 31.01.2026", "--as-of"),
        ("build shop --jobs 0", "--jobs"),
        ("build shop --engine spark", "try: there are duckdb"),
        ("check shop --engine spark", "there is no engine 'spark'"),
        ("cost shop --engine spark", "there is no engine 'spark'"),
        ("profile shop/dossier.yaml --engine spark", "there is no engine 'spark'"),
        ("build shop --fail-on maybe", "--fail-on"),
        ("build shop --previus old", "--previus"),
        ("build shop --format docx", "there is no format 'docx'"),
        ("render shop --format docx", "there is no format 'docx'"),
        ("check shop --schema", "leave PROJECT out"),
        ("compile shop", "compile"),
    ],
)
def test_a_wrong_word_is_2(pipeline: Pipeline, words: str, said: str):
    result = run(*words.split())
    assert result.exit_code == 2
    assert said in result.stderr
    assert pipeline.asked == []


def test_render_hands_its_options_on(pipeline: Pipeline):
    result = run("render", "shop", "-o", "out", "--format", "html")
    assert result.stdout == "output/shop\n"
    assert pipeline.asked == [(Path("shop"), Path("out"), ("html",), ())]


def test_check_prints_warnings_and_is_content(pipeline: Pipeline):
    pipeline.warnings = (Problem(what="red below yellow", where="dossier.yaml:1:1"),)
    result = run("check", "shop", "-q")
    assert result.exit_code == 0
    assert result.stderr == "warning: red below yellow\n  at dossier.yaml:1:1\n"
    assert result.stdout == "shop: 1 warning\n"
    assert run("check", "shop").stderr.endswith("dossier.yaml:1:1\ntime: 0 s\n")
    plain = json.loads(run("check", "shop", "--json", "--set", "model.version=2").stdout)
    assert pipeline.asked[-1] == (Path("shop"), "model.version=2")
    assert plain == {"warnings": [{"what": "red below yellow", "where": "dossier.yaml:1:1", "hint": ""}]}


def test_check_says_when_nothing_is_wrong(pipeline: Pipeline):
    assert run("check", "shop").stdout == "shop: no problem found\n"


def test_check_prints_the_schema_that_ships():
    assert run("check", "--schema").stdout == schema_file().read_text(encoding="utf-8")


def test_list_names_everything_in_the_catalogue_without_importing_it():
    plain = json.loads(run("list", "--json").stdout)
    assert tuple(plain) == KINDS
    for kind, entries in plain.items():
        assert entries == [{"id": plugin.id, "title": plugin.title} for plugin in getattr(CATALOG, kind)]
    lines = run("list").stdout.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == list(KINDS)
    assert lines[1].split() == ["executive-summary", "Executive", "summary"]


def test_an_engine_is_taken_from_the_catalogue():
    assert [engine.id for engine in catalog_with("duckdb").engines] == ["duckdb"]
    assert catalog_with(None) is CATALOG


def test_only_the_commands_of_the_interface():
    assert {command.name or command.callback.__name__ for command in app.registered_commands if command.callback} == {
        "build",
        "render",
        "check",
        "list",
        "init",
        "profile",
        "cost",
        "explain",
        "verify",
        "sign",
        "diff",
        "pack",
        "metrics",
        "record",
        "status",
        "doctor",
    }
    assert [
        (group.name, [one.callback.__name__ for one in group.typer_instance.registered_commands if one.callback])
        for group in app.registered_groups
        if group.typer_instance
    ] == [("contract", ["check"])]


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version_is_printed(word: str):
    assert run(word).stdout == f"dossier {generator.__version__}\n"


@pytest.mark.parametrize("command", [None, *(function.__name__.rstrip("_") for function, _ in COMMANDS)])
def test_help_is_whole_and_has_an_example(command: str | None):
    words = [command] if command else []
    text = CliRunner(env={"COLUMNS": "80"}).invoke(app, [*words, "-h"], terminal_width=80).stdout
    assert "..." not in text.replace("[ARGS]...", "")
    assert re.search(rf"Example: dossier {command or 'build'}\b", text)


@pytest.mark.parametrize("words", [["contract"], ["contract", "check"]])
def test_help_of_commands_of_a_group_has_an_example(words: list[str]):
    text = CliRunner(env={"COLUMNS": "80"}).invoke(app, [*words, "-h"], terminal_width=80).stdout
    assert "Example: dossier contract check my-model new.csv" in text


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands(shell: str):
    words = {"_DOSSIER_COMPLETE": f"complete_{shell}", "COMP_WORDS": "dossier re", "COMP_CWORD": "1"}
    words |= {"_TYPER_COMPLETE_ARGS": "dossier re", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    assert "render" in CliRunner(env=words).invoke(app, prog_name="dossier").stdout


def test_processors_are_counted_anywhere(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert processors() >= 1


def imported(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, which fails when it ends with a heavy library imported."""
    script = (
        "import sys, runpy\nsys.argv = ['dossier', *sys.argv[1:]]\n"
        "try:\n    runpy.run_module('generator', run_name='__main__')\n"
        f"except SystemExit as end:\n    found = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "    sys.exit(f'imported: {found}' if found else end.code)\n"
    )
    return subprocess.run([sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "words",
    [["--help"], ["build", "--help"], ["list"], ["check", "--schema"], ["--version"], ["contract", "check", "--help"]],
)
def test_help_imports_nothing_heavy(words: list[str]):
    done = imported(words)
    assert done.returncode == 0, done.stderr
    assert "dossier" in done.stdout or words == ["list"]


REFUSALS = {
    "no file": ["init", "my", "--production", "nowhere.csv"],
    "no model": ["init", "my", "--production", "README.md", "--model", "nowhere.skops"],
    "wrong suffix": ["init", "my", "--production", "README.md", "--model", "README.md"],
    "no project": ["build", "nowhere"],
    "no table": ["profile", "nowhere.csv"],
    "no engine": ["check", "data/techmart", "--engine", "spark"],
    "no bundle": ["explain", "nowhere", "performance.rmse.production"],
}


@pytest.mark.parametrize("words", REFUSALS.values(), ids=REFUSALS)
def test_a_cheap_refusal_imports_nothing_heavy(words: list[str]):
    done = imported(words)
    assert done.returncode == 2, done.stderr


def test_a_reader_who_leaves_is_no_internal_error(pipeline: Pipeline):
    pipeline.error = BrokenPipeError(32, "Broken pipe")
    assert run("build", "shop").exit_code == 1


def test_plain_output_is_enough_for_any_terminal(tmp_path: Path):
    """What the output's encoding does not have is written as an escape."""
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONPATH": str(ROOT)}
    script = "from generator.cli.report import print_problem; from generator.errors import Problem\n"
    script += "from generator.cli import start; start(); print_problem('error', Problem(what='Bücher…'))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, check=True
    )
    assert done.stderr == b"error: B\xfccher\\u2026\n"


def test_a_stream_that_is_no_file_is_left_alone():
    with contextlib.redirect_stdout(io.StringIO()) as stream:
        cli.start()
    assert stream.getvalue() == ""


def test_a_terminal_sees_a_spinner(monkeypatch: pytest.MonkeyPatch):
    from generator.cli.progress import progress

    leader, follower = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(follower, "w") as terminal, contextlib.redirect_stderr(terminal), progress(False)("measure"):
        pass
    seen = ""
    with os.fdopen(leader, "rb", buffering=0) as reader, contextlib.suppress(OSError):
        while part := reader.read(10_000):
            seen += part.decode(errors="replace")
    assert "measure …" in seen
    assert "measure … done" in seen
