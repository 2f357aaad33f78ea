"""Settings that are well formed and yet do not fit together: each with its place and with what to write."""

import hashlib
from pathlib import Path

import pytest

from generator.errors import InputError
from tests.load.example import place, problems, project, text

DIGEST = "0" * 64
LEVEL = "{id: a, title: A, objective: 0.99, unit: share"
RULE = "rules:\n  - id: a\n    metric: "

# Key the block stands under, block with the place of the problem, what is wrong, what to try.
CASES = [
    ("objectives", "fairness: ¶{bias: 0.1}", "no segment is marked as such", "`sensitive: true`"),
    ("project", "name: ¶my shop", "cannot be part of a file name", "letters, digits"),
    ("project", "name: ¶../up", "cannot be part of a file name", "letters, digits"),
    ("project", "name: ¶con", "cannot be part of a file name", "letters, digits"),
    ("project", "name: ¶''", "cannot be part of a file name", "letters, digits"),
    ("project", "currency: ¶usd", "is no currency code", "EUR"),
    ("project", "time_zone: ¶Europe/Olso", "is no known time zone", "did you mean Europe/Oslo?"),
    ("project", "time_zone: ¶/etc/passwd", "is no known time zone", "such as Europe/Oslo"),
    ("project", "time_zone: ¶Europe", "is no known time zone", "Europe"),
    ("model", "version: ¶v1/2", "cannot be part of a file name", "letters, digits"),
    ("model", "format: ¶skops", "is skops, but there is no model file", "or write `format: column`"),
    ("model", "path: ¶model.skops", "names 'model.skops', which does not exist", "relative to"),
    ("model", f"path: rows.csv\nsha256: ¶'{DIGEST}'", "is not the digest of 'rows.csv'", "the file has"),
    ("model", "path: rows.csv\nsha256: ¶abc", "is not a sha256 digest", "64 hexadecimal"),
    ("model", f"sha256: ¶'{DIGEST}'", "is the digest of no file", "declare `path`"),
    ("model", "previous: {version: a, path: ¶old.skops}", "`model.previous.path` names 'old.skops'", "relative to"),
    ("model", "released: ¶0001-01-01", "is 0001-01-01, which cannot be meant", "between 1970 and 2100"),
    ("model", "released: ¶9999-12-31", "cannot be meant", "leave the key away"),
    ("data", "production: ¶row.csv", "which does not exist", "there is a 'rows.csv' in the same folder"),
    ("data", "production: ¶empty.csv", "which is empty", "make it anew"),
    ("data", "production: ¶nowhere/rows.csv", "which does not exist", "relative to"),
    ("data", "reference: ¶training.csv", "which does not exist", "relative to"),
    ("data", "reference_stats: ¶ledger.json", "which does not exist", "relative to"),
    ("data", f"production: ¶{'a' * 5000}", "cannot be read", "name a file"),
    ("data", "production: ¶'rows-*.csv'", "is the pattern 'rows-*.csv', which matches no file", "relative to"),
    ("data", "production: ¶'*.csv'", "matches 'empty.csv', which is empty", "narrow the pattern"),
    ("data", "csv: {delimiter: ¶tab}", "is 'tab', which is not one sign", 'as "\\t"'),
    ("data", "csv: {quote: ¶'qq'}", "is 'qq', which is not one sign", "one sign"),
    ("data", "csv: {decimal: ',', thousands: ¶','}", "is ',', which is the decimal sign already", "differ"),
    ("data", "csv: {encoding: ¶utf-9}", "is 'utf-9', which is no known encoding", "windows-1252"),
    ("data", "csv: {encoding: ¶base64}", "is 'base64', which is no known encoding", "windows-1252"),
    ("data", "time_format: ¶'%m/%d/%Y'", "does not say where year, month and day stand", "MM/DD/YYYY"),
    ("data", "time_format: ¶MM/DD", "does not say where year, month and day stand", "epoch seconds"),
    ("data", "time_format: ¶hh:mm DD.MM.YYYY", "does not say where", "HH"),
    ("data", "prediction: ¶sold", "is the column 'sold', which is the target already", "of its own"),
    ("data", "time: day\nentity: ¶day", "which is the time already", "of its own"),
    ("data", "features: [{name: a}, {name: ¶a}]", "`data.features[1].name` is 'a' for the second time", "its own"),
    ("data", "features: [{name: ¶sold}]", "which is the target", "must not see it"),
    ("data", "exclude: [a]\nfeatures: [{name: ¶a}]", "which `data.exclude` excludes", "one of the two"),
    ("data", "sources: [{name: shop, kind: api}]\nfeatures: [{name: a, source: ¶shp}]", "does not", "mean shop?"),
    ("data", "features: [{name: a, source: ¶shop}]", "does not declare", "declare it under `data.sources`"),
    ("data", "sources: [{name: a, kind: api}, {name: ¶a, kind: file}]", "for the second time", "its own"),
    ("data", "sources: [{name: a, kind: api, freshness_minutes: ¶-5}]", "is -5 minutes", "0 or more"),
    ("data", "features: [{name: a, low: 5, high: ¶1}]", "lies before `low`, 5", "exchange"),
    ("business", "effect: {value: ¶9, low: 1, high: 3}", "is 9, outside `low` 1 to `high` 3", "correct the range"),
    ("business", "effect: {value: 2, low: ¶1}", "stands without `high`", "declare both"),
    ("business", "value_per_unit: {value: 2, low: ¶0, high: 3, shape: lognormal}", "above zero", "another shape"),
    ("business", "attributable: {value: ¶30}", "is no share", "0.25 for 25 %"),
    ("business", "implementation_cost: ¶-5", "`business.implementation_cost` is -5", "0 or more"),
    ("business", "costs: [{name: ¶calls, kind: on-call}]", "has no amount", "per_year"),
    ("business", "costs: [{name: a, once: 1, per_year: 2, low: ¶1, high: 2}]", "range of one amount", "two costs"),
    ("business", "costs: [{name: a, once: 1, low: ¶0, high: 2}]", "is 0", "above zero"),
    ("services", f"- {LEVEL}, log: ¶status}}", "but no log is declared", "data.requests"),
    ("services", f"- {LEVEL}, counts: [{{day: 2026-01-01, good: ¶9, total: 8}}]}}", "is 9, more than", "correct one"),
    ("services", f"- {LEVEL}, counts: [{{day: 2026-01-01, hour: ¶24, good: 1, total: 8}}]}}", "no hour", "0 to 23"),
    ("services", f"- {LEVEL}, counters: {{good: ¶sum(a), total: b}}}}", "no selector of counters", "without a window"),
    ("services", f"- {LEVEL}, counters: {{good: a, total: ¶'b[5m]'}}}}", "no selector of counters", "without a window"),
    ("services", "- {id: a, title: A, objective: 9, unit: ms, counters: ¶{good: a, total: b}}", "need `share`", "0.99"),
    ("data", "features: [{name: a, high: ¶1e300}]", "cannot be meant", "smaller"),
    ("data", "features: [{name: a, missing_stop: ¶15}]", "is 15, which is no share", "write 0.15 for 15 %"),
    ("data", "features: [{name: a, missing_stop: ¶-1}]", "is no share", "0.25 for 25 %"),
    ("data", "features: [{name: a, missing_alert: 0.3, missing_stop: ¶0.2}]", "before `missing_alert`", "exchange"),
    ("data", "training: {start: 2026-02-01, end: ¶2026-01-01}", "is 2026-01-01, which lies before `start`", "exchange"),
    ("data", "segments: [{column: a}, {column: ¶a}]", "is 'a' for the second time", "another `name`"),
    ("data", "segments: [{column: a}, {column: b, name: ¶a}]", "is 'a' for the second time", "another `name`"),
    ("data", "segments: [{column: ¶sold}]", "is the target", "known then"),
    ("data", "segments: [{column: a, quantiles: [0.5], tiers: ¶[low]}]", "1 quantiles make 2 tiers, 1 are", "lowest"),
    ("data", "segments: [{column: a, quantiles: ¶[0.5]}]", "do not fit", "lowest"),
    ("data", "segments: [{column: a, tiers: ¶[low]}]", "have no quantiles", "declare `quantiles`"),
    ("data", "segments: [{column: a, quantiles: ¶[0.5, 0.2], tiers: [a, b, c]}]", "do not rise", "[0.2, 0.5]"),
    ("data", "segments: [{column: a, quantiles: [¶1], tiers: [a, b]}]", "is no quantile", "0.25"),
    ("data", "segments: [{column: a, quantiles: [0.5], tiers: ¶[a, a]}]", "name a tier twice", "its own"),
    ("objectives", "critical_segments: [{segment: ¶brand, level: a, acceptable: 1}]", "does not declare", "under"),
    ("objectives", "output_low: 5\noutput_high: ¶1", "lies before `output_low`", "exchange"),
    ("objectives", "metrics: [{metric: rmse}, {metric: ¶rmse}]", "for the second time", "its own"),
    ("objectives", "metrics: [{metric: ¶auc}]", "only a model of two outcomes has", "task: binary"),
    ("objectives", "metrics: [{metric: rmse, top: ¶0.2}]", "no metric of the highest scores", "precision_at"),
    ("policies", "unseen_share: ¶1.5", "is no share", "0.015 for 1.5 %"),
    ("alerts", "rules: [{id: ¶a b, metric: rmse, red: 1}]", "cannot stand in links", "letters"),
    ("alerts", "rules: [{id: a, metric: rmse, red: 1}, {id: ¶a, metric: mae, red: 1}]", "for the second time", "own"),
    ("alerts", "rules:\n  - ¶id: a\n    metric: rmse", "(a) has neither a yellow nor a red", "both"),
    ("alerts", f"{RULE}rmse\n    yellow: ¶10\n    red: 9.5", "comes first with the operator >", "operator <"),
    ("alerts", f"{RULE}rows\n    operator: '<='\n    yellow: ¶1\n    red: 9", "with the operator <=", "operator >"),
    ("alerts", f"{RULE}rmse\n    yellow: 9\n    red: ¶9", "is 9 like yellow", "part them"),
    ("alerts", f"{RULE}rmse\n    red: 9\n    window_days: ¶0", "`alerts.rules[0].window_days` is 0", "1 or more"),
    ("alerts", f"{RULE}rmse\n    red: 9\n    consecutive: ¶-1", "is -1", "1 or more"),
    ("alerts", f"{RULE}rmse\n    red: 9\n    features: ¶each", "rmse is not measured by feature", "psi"),
    ("alerts", f"{RULE}missing\n    red: ¶15", "is 15, but missing is a share", "write 0.15 for 15 %"),
    ("alerts", f"{RULE}missing\n    red: ¶1e9", "is 1e+09, but missing is a share", "a number from 0 to 1"),
    ("alerts", "levels: [{name: red}, {name: ¶red}]", "for the second time", "its own"),
    ("alerts", "runbook_url: ¶javascript:alert(1)", "is no web or mail address", "https://"),
    ("alerts", "runbook_url: ¶https://", "is no web or mail address", "https://"),
    ("retraining", "chosen: ¶weekly", "is no id under `retraining.options`", "declare it"),
    ("retraining", "chosen: ¶weekli\noptions: [{id: weekly, title: a}]", "is no id under", "did you mean weekly?"),
    ("retraining", "options: [{id: a, title: b, every_days: ¶0}]", "is 0", "1 or more"),
    ("retraining", "triggers: [{id: a, metric: rmse, threshold: 1, priority: ¶0}]", "is 0", "1 or more"),
    ("retraining", "triggers: [{id: a, metric: unseen, threshold: ¶10}]", "unseen is a share", "0.1 for 10 %"),
    ("rollback", "conditions: [{id: a, metric: mae, threshold: 1}, {id: ¶a, metric: mae, threshold: 1}]", "'a'", "own"),
    ("rollback", "steps: [{title: a, command: ¶'deploy <version>'}]", "the placeholder '<version>'", "as it stands"),
    ("rollback", "steps: [{title: a, command: ¶'deploy {{ version }}'}]", "the placeholder '{{ version }}'", "meant"),
    ("rollback", "messages: [{level: a, audience: b, text: ¶Dear <your name>}]", "'<your name>'", "meant"),
    (
        "rollback",
        "conditions: [{id: ab, metric: mae, threshold: 1}]\nwatched: [{what: ¶abc, alert: d}]",
        "no cond",
        "ab?",
    ),
    ("rollback", "without_asking: [a]\nwatched: [¶{what: a}]", "`alert` or `by_hand`", "tells of it"),
    ("rollback", "not_when: [a]\nwatched: [{what: a, by_hand: D, mode: ¶b}]", "no id under", "declare it under"),
    ("rollback", "not_when: [¶TBD]", "`rollback.not_when[0]` still holds the placeholder 'TBD'", "meant"),
    ("rollback", "not_when: [¶' ']", "is blank", "write the text"),
    ("context", "purpose: ¶TODO", "the placeholder 'TODO'", "meant"),
    ("context", "purpose: ¶'call 555-xxxx'", "the placeholder 'xxxx'", "meant"),
    ("context", "incidents: [{what: a}, {what: a, rule: ¶b}]", "is no id under `alerts.rules`", "declare it"),
    ("risks", "- {id: a, title: b, likelihood: ¶6, impact: 1}", "not on the scale", "1 (low) to 5"),
    ("risks", "- {id: a, title: b, likelihood: 1, impact: ¶0}", "not on the scale", "1 (low) to 5"),
    ("calendar", "freezes: [{start: 2026-12-31, end: ¶2026-12-01}]", "lies before `start`", "exchange"),
    ("business", "value_low: 5\nvalue_high: ¶1", "lies before `value_low`", "exchange"),
    ("services", "- {id: ¶a.b, title: c, objective: 1, unit: ms}", "cannot stand in links", "letters"),
]


BINARY = [
    ("objectives", "metrics: [{metric: ¶rmse}]", "a model of two outcomes does not have", "brier, auc"),
    ("objectives", "metrics: [{metric: ¶precision_at}]", "among which share", "top: 0.2"),
    ("objectives", "metrics: [{metric: precision_at, top: 0.2, validation: ¶62}]", "is 62, but precision_at", "0.62"),
    ("objectives", "metrics: [{metric: auc, acceptable: ¶-1}]", "lies between 0 and 1", "such as 0.8"),
    ("objectives", "metrics: [{metric: base_rate, acceptable: ¶0.2}]", "has no better side", "alert rule"),
    ("alerts", f"{RULE}auc\n    operator: ¶'>'\n    red: 0.7", "of auc more is better", "write <"),
    ("alerts", f"{RULE}brier\n    operator: ¶'<'\n    red: 0.7", "of brier less is better", "write >"),
    ("alerts", "rules:\n  - id: a\n    metric: ¶mae\n    red: 1", "does not have", "brier, auc"),
    ("alerts", f"{RULE}accuracy\n    operator: <\n    yellow: ¶0.7\n    red: 0.8", "with the operator <", "operator >"),
    ("retraining", "triggers: [{id: a, metric: precision_at_top, operator: ¶'>', threshold: 1}]", "more is", "write <"),
]


@pytest.mark.parametrize(("under", "block", "what", "hint"), BINARY)
def test_what_does_not_fit_two_outcomes_is_found(tmp_path: Path, under: str, block: str, what: str, hint: str):
    content, where = place(text(under, block).replace("target: sold", "target: sold\n  task: binary"))
    (problem,) = problems(tmp_path, content)
    assert what in problem.what
    assert hint in problem.hint
    assert problem.where == f"{tmp_path / 'dossier.yaml'}:{where}"


@pytest.mark.parametrize(("under", "block", "what", "hint"), CASES)
def test_what_does_not_fit_is_found(tmp_path: Path, under: str, block: str, what: str, hint: str):
    (tmp_path / "empty.csv").touch()
    content, where = place(text(under, block))
    (problem,) = problems(tmp_path, content)
    assert what in problem.what
    assert hint in problem.hint
    assert problem.where == f"{tmp_path / 'dossier.yaml'}:{where}"


# Key, block: what looks odd and is right.
GOOD = [
    ("project", "name: shop-2.eu_1"),
    ("project", "time_zone: Europe/Oslo\ncurrency: NOK"),
    ("model", "version: 2026-01-31+build.7"),
    ("data", "time: day\nentity: product\nfeatures: [{name: a<b>c}, {name: '{{x}}'}, {name: TODO}]"),
    ("data", "segments: [{column: price, quantiles: [0.25, 0.75], tiers: [low, mid, high]}, {column: <b>}]"),
    ("data", "production: 'ro*.csv'\ntime_format: YYYY-MM-DDTHH:mm:ss"),
    ("data", 'csv: {delimiter: "\\t", quote: "\'", encoding: cp1252, decimal: ",", thousands: "."}'),
    ("data", "time_format: epoch milliseconds\ncsv: {delimiter: ';', encoding: utf-8-sig}"),
    ("data", "missing_markers: ['<missing>', TBD, ' ']"),
    ("alerts", f"{RULE}rows\n    operator: '<'\n    yellow: 9\n    red: 1"),
    ("alerts", f"{RULE}psi\n    features: each\n    red: 0.2\n    query: 'a<b and c>d'"),
    ("alerts", "runbook_url: https://example.org/runbook#a"),
    ("alerts", "runbook_url: mailto:team@example.org"),
    ("rollback", "steps: [{title: a, command: 'cat < in > out && f <<EOF'}]"),
    ("context", "purpose: 'to do: keep x < 5 and y > 3, todo el mundo'"),
    ("retraining", "chosen: a\noptions: [{id: a, title: A}]\ntriggers: [{id: a, metric: rmse, threshold: 1}]"),
    ("business", "value_low: -5\nvalue_high: 5"),
]


@pytest.mark.parametrize(("under", "block"), GOOD)
def test_what_only_looks_odd_is_taken(tmp_path: Path, under: str, block: str):
    assert problems(tmp_path, text(under, block)) == ()


def test_the_tiers_of_a_critical_segment_are_known(tmp_path: Path):
    segments = "data:\n  segments: [{column: price, name: tier, quantiles: [0.5], tiers: [low, high]}]\n"
    limits = "objectives:\n  critical_segments: [{segment: tier, level: mid, acceptable: 1}]\n"
    content = text("data", segments.partition("\n")[2].strip()) + limits
    (problem,) = problems(tmp_path, content)
    assert problem.what == "`objectives.critical_segments[0].level` is 'mid', which is no tier of tier"
    assert problem.hint == "its tiers are low, high"


def test_the_declared_digest_of_the_model_is_compared(tmp_path: Path):
    (tmp_path / "model.skops").write_bytes(b"model")
    digest = hashlib.sha256(b"model").hexdigest().upper()
    content = text("model", f"path: model.skops\nformat: skops\nsha256: '{digest}'")
    assert project(tmp_path, content).settings.model.sha256 == digest


def test_a_folder_is_no_model_file(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    for version in ("path: ¶folder", f"path: ¶folder\nsha256: '{DIGEST}'", "previous: {version: a, path: ¶folder}"):
        content, where = place(text("model", version))
        (problem,) = problems(tmp_path, content)
        assert "names 'folder', which is a folder" in problem.what
        assert "`format: mlflow`" in problem.hint
        assert problem.where.endswith(where)
    assert problems(tmp_path, text("model", "path: folder\nformat: mlflow")) == ()


def test_a_file_that_cannot_be_compared_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise InputError("this cannot be read (Permission denied)")

    (tmp_path / "model.skops").write_bytes(b"model")
    monkeypatch.setattr("generator.load.checks.files.read_file", refuse)
    (problem,) = problems(tmp_path, text("model", f"path: model.skops\nsha256: '{DIGEST}'"))
    assert "cannot be compared: this cannot be read (Permission denied)" in problem.what
