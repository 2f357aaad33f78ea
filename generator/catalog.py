"""Everything the compiler can do, in order; a new plugin is one file and one line here.

Each list imports its plugins when it is first asked for: a command loads what it runs.
"""

from typing import Any

from generator.records.decision import Decision
from generator.records.document import DocumentKind
from generator.records.figure import Figure
from generator.records.format import Format
from generator.records.plugin import Analysis, Catalog, Companion, EngineSpec, Listed, Reader, Subject


def _analyses() -> tuple[Analysis | Subject[Any], ...]:
    from generator.subjects.acting import decision
    from generator.subjects.ageing import ageing
    from generator.subjects.calibration import calibration
    from generator.subjects.causes import causes_found as causes
    from generator.subjects.data import artifact, build, data, declared, golden, inference, left_out, reference
    from generator.subjects.drift import drift
    from generator.subjects.fairness import fairness
    from generator.subjects.features import contract
    from generator.subjects.importance import importance, ranges
    from generator.subjects.labels import feedback, labels
    from generator.subjects.missing import missing, unseen
    from generator.subjects.multivariate import classifier, correlation, multivariate
    from generator.subjects.performance import errors, performance, prediction, previous_days
    from generator.subjects.scores import discrimination, estimated
    from generator.subjects.segments import limited, segments
    from generator.subjects.services import services
    from generator.subjects.slices import slices
    from generator.subjects.successor import switch
    from generator.subjects.windows import rolling, windows

    return (
        build.ANALYSIS,
        declared.ANALYSIS,
        artifact.ANALYSIS,
        data.ANALYSIS,
        labels.ANALYSIS,
        left_out.ANALYSIS,
        feedback.ANALYSIS,
        windows.SUBJECT,
        performance.SUBJECT,
        previous_days.SUBJECT,
        discrimination.SUBJECT,
        calibration.ANALYSIS,
        estimated.ANALYSIS,
        ageing.ANALYSIS,
        errors.ANALYSIS,
        decision.ANALYSIS,
        segments.SUBJECT,
        limited.SUBJECT,
        slices.ANALYSIS,
        fairness.ANALYSIS,
        importance.ANALYSIS,
        inference.ANALYSIS,
        ranges.ANALYSIS,
        drift.ANALYSIS,
        missing.ANALYSIS,
        rolling.ANALYSIS,
        contract.ANALYSIS,
        unseen.ANALYSIS,
        correlation.ANALYSIS,
        multivariate.ANALYSIS,
        classifier.ANALYSIS,
        causes.ANALYSIS,
        prediction.ANALYSIS,
        switch.ANALYSIS,
        golden.ANALYSIS,
        reference.ANALYSIS,
        services.ANALYSIS,
    )


def _decisions() -> tuple[Decision, ...]:
    from generator.subjects.acting import actions
    from generator.subjects.alerts import alerts, watch
    from generator.subjects.business import adoption, business, business_case, whatif
    from generator.subjects.calendar import calendar, timeline
    from generator.subjects.causes import causes_decided as causes_decision
    from generator.subjects.charts import plan
    from generator.subjects.claims import claims
    from generator.subjects.experiments import experiments
    from generator.subjects.features import features
    from generator.subjects.journal import journal
    from generator.subjects.ladder import ladder
    from generator.subjects.retraining import history, retraining
    from generator.subjects.risks import risks
    from generator.subjects.rollback import rollback, runbook
    from generator.subjects.rollout import rollout, sizes
    from generator.subjects.successor import promotion
    from generator.subjects.verdict import brief, conditions, gates

    return (
        business.DECISION,
        experiments.DECISION,
        claims.DECISION,
        alerts.DECISION,
        ladder.DECISION,
        sizes.DECISION,
        retraining.DECISION,
        timeline.DECISION,
        history.DECISION,
        plan.DECISION,
        rollback.DECISION,
        rollout.DECISION,
        watch.DECISION,
        runbook.DECISION,
        features.DECISION,
        risks.DECISION,
        business_case.DECISION,
        gates.DECISION,
        actions.DECISION,
        promotion.DECISION,
        conditions.DECISION,
        journal.DECISION,
        calendar.DECISION,
        causes_decision.DECISION,
        whatif.DECISION,
        adoption.DECISION,
        brief.DECISION,
    )


def _figures() -> tuple[Figure, ...]:
    from generator.subjects.acting import draw_decision_cost
    from generator.subjects.ageing import draw_decay_curve
    from generator.subjects.business import draw_tornado
    from generator.subjects.calendar import draw_calendar_year
    from generator.subjects.calibration import draw_reliability
    from generator.subjects.causes import draw_causes
    from generator.subjects.deployment import draw_architecture, draw_roadmap
    from generator.subjects.drift import draw_drift_heat
    from generator.subjects.experiments import draw_experiment_effects
    from generator.subjects.features import draw_latency_waterfall
    from generator.subjects.ladder import draw_ladder
    from generator.subjects.missing import draw_missing_bars
    from generator.subjects.performance import (
        draw_daily_error,
    )
    from generator.subjects.retraining import draw_improvement_cycle, draw_retraining_costs
    from generator.subjects.risks import draw_risk_matrix
    from generator.subjects.scores import draw_estimated_performance

    return (
        draw_daily_error.FIGURE,
        draw_missing_bars.FIGURE,
        draw_drift_heat.FIGURE,
        draw_causes.FIGURE,
        draw_reliability.FIGURE,
        draw_estimated_performance.FIGURE,
        draw_decision_cost.FIGURE,
        draw_ladder.FIGURE,
        draw_decay_curve.FIGURE,
        draw_retraining_costs.FIGURE,
        draw_risk_matrix.FIGURE,
        draw_latency_waterfall.FIGURE,
        draw_calendar_year.FIGURE,
        draw_roadmap.FIGURE,
        draw_experiment_effects.FIGURE,
        draw_improvement_cycle.FIGURE,
        draw_architecture.FIGURE,
        draw_tornado.FIGURE,
    )


def _formats() -> tuple[Format, ...]:
    from generator.render import html, markdown, pdf

    return (markdown.FORMAT, html.FORMAT, pdf.FORMAT)


def _companions() -> tuple[Companion, ...]:
    from generator.export import (
        alertmanager,
        data_contract,
        grafana,
        icalendar,
        junit,
        metrics,
        prometheus,
        prometheus_tests,
        queries,
        step_summary,
    )
    from generator.export import golden as golden_file

    return (
        icalendar.COMPANION,
        golden_file.COMPANION,
        queries.COMPANION,
        data_contract.COMPANION,
        metrics.COMPANION,
        prometheus.COMPANION,
        prometheus_tests.COMPANION,
        alertmanager.COMPANION,
        grafana.COMPANION,
        junit.COMPANION,
        step_summary.COMPANION,
    )


def _engines() -> tuple[EngineSpec, ...]:
    from generator.engines import duckdb

    return (duckdb.ENGINE,)


def _readers() -> tuple[Reader, ...]:
    from generator.scoring import catboost, columns, joblib, lightgbm, mlflow, onnx, rds, skops, torchscript, xgboost

    return (
        skops.READER,
        joblib.READER,
        rds.READER,
        onnx.READER,
        xgboost.READER,
        lightgbm.READER,
        catboost.READER,
        torchscript.READER,
        mlflow.READER,
        columns.READER,
    )


CHECKED = (
    *(
        "build",
        "declared",
        "artifact",
        "data",
        "labels",
        "performance",
        "previous_days",
        "errors",
        "segments",
        "limited",
        "discrimination",
        "ranges",
        "drift",
    ),
    *("missing", "contract", "rolling", "unseen", "reference", "services"),
    *("business", "experiments", "claims", "alerts", "ladder", "retraining", "rollback", "journal"),
)
"""What `check` runs of the analyses and the decisions: what contradictions among declared things rest on."""
MONITORED = (
    "build",
    "declared",
    "data",
    "labels",
    "performance",
    "discrimination",
    "errors",
    "limited",
    "drift",
    "missing",
    "rolling",
    "unseen",
    "alerts",
)
"""What `metrics` runs of them: what the values of the alert rules rest on."""

CATALOG = Catalog(
    analyses=Listed(_analyses),
    decisions=Listed(_decisions),
    figures=Listed(_figures),
    documents=(
        DocumentKind(id="executive-summary", code="SUM", title="Executive summary", audience="leadership"),
        DocumentKind(
            id="feature-requirements",
            code="FEA",
            title="Feature-requirement specification",
            audience="data and platform engineers",
        ),
        DocumentKind(
            id="monitoring",
            code="MON",
            title="Monitoring specification",
            audience="engineers who build the monitoring, and on-call",
        ),
        DocumentKind(
            id="retraining-calendar",
            code="CAL",
            title="Retraining calendar",
            audience="the model owner and leadership",
        ),
        DocumentKind(id="rollback-runbook", code="RUN", title="Rollback runbook", audience="on-call"),
        DocumentKind(
            id="appendix",
            code="APX",
            title="Appendix",
            audience="auditors and statisticians",
            of_bundle=True,
        ),
    ),
    formats=Listed(_formats),
    companions=Listed(_companions),
    engines=Listed(_engines),
    readers=Listed(_readers),
    checked=frozenset(CHECKED),
    contracted=frozenset(("ranges", "features")),
    monitored=frozenset(MONITORED),
)
