"""Everything the compiler can do, in order; a new plugin is one file and one line here.

Each list imports its plugins when it is first asked for: a command loads what it runs.
"""

from __future__ import annotations

from generator.records.decision import Decision
from generator.records.document import DocumentKind
from generator.records.figure import Figure
from generator.records.format import Format
from generator.records.plugin import Analysis, Catalog, Companion, EngineSpec, Listed, Reader


def _analyses() -> tuple[Analysis, ...]:
    from generator.analyse import (
        ageing,
        artifact,
        build,
        calibration,
        causes,
        classifier,
        contract,
        correlation,
        data,
        decision,
        declared,
        discrimination,
        drift,
        errors,
        estimated,
        fairness,
        feedback,
        golden,
        importance,
        inference,
        labels,
        left_out,
        missing,
        multivariate,
        performance,
        prediction,
        previous_days,
        ranges,
        reference,
        rolling,
        segments,
        services,
        slices,
        unseen,
        windows,
    )

    return (
        build.ANALYSIS,
        declared.ANALYSIS,
        artifact.ANALYSIS,
        data.ANALYSIS,
        labels.ANALYSIS,
        left_out.ANALYSIS,
        feedback.ANALYSIS,
        windows.ANALYSIS,
        performance.ANALYSIS,
        previous_days.ANALYSIS,
        discrimination.ANALYSIS,
        calibration.ANALYSIS,
        estimated.ANALYSIS,
        ageing.ANALYSIS,
        errors.ANALYSIS,
        decision.ANALYSIS,
        segments.ANALYSIS,
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
        golden.ANALYSIS,
        reference.ANALYSIS,
        services.ANALYSIS,
    )


def _decisions() -> tuple[Decision, ...]:
    from generator.decide import (
        actions,
        adoption,
        alerts,
        business,
        business_case,
        calendar,
        claims,
        conditions,
        experiments,
        features,
        gates,
        history,
        ladder,
        plan,
        queries,
        retraining,
        risks,
        rollback,
        rollout,
        runbook,
        watch,
        whatif,
    )
    from generator.decide import causes as causes_decision

    return (
        business.DECISION,
        experiments.DECISION,
        claims.DECISION,
        alerts.DECISION,
        queries.DECISION,
        ladder.DECISION,
        retraining.DECISION,
        history.DECISION,
        business_case.DECISION,
        plan.DECISION,
        rollback.DECISION,
        rollout.DECISION,
        watch.DECISION,
        runbook.DECISION,
        features.DECISION,
        risks.DECISION,
        gates.DECISION,
        actions.DECISION,
        conditions.DECISION,
        calendar.DECISION,
        causes_decision.DECISION,
        whatif.DECISION,
        adoption.DECISION,
    )


def _figures() -> tuple[Figure, ...]:
    from generator.figures import (
        alert_chart,
        alert_trade_off,
        architecture,
        calendar_year,
        daily_error,
        decay_curve,
        decision_cost,
        drift_heat,
        drift_impact,
        drift_scatter,
        error_distribution,
        estimated_performance,
        experiment_effects,
        improvement_cycle,
        latency_waterfall,
        lift,
        missing_bars,
        prediction_error_by_decile,
        reliability,
        retraining_costs,
        risk_matrix,
        roadmap,
        segment_bars,
        service_levels,
        tornado,
    )
    from generator.figures import causes as causes_figure
    from generator.figures import ladder as ladder_figure
    from generator.figures import rollout as rollout_figure

    return (
        daily_error.FIGURE,
        alert_chart.FIGURE,
        alert_trade_off.FIGURE,
        segment_bars.FIGURE,
        drift_scatter.FIGURE,
        missing_bars.FIGURE,
        drift_heat.FIGURE,
        drift_impact.FIGURE,
        causes_figure.FIGURE,
        error_distribution.FIGURE,
        prediction_error_by_decile.FIGURE,
        lift.FIGURE,
        reliability.FIGURE,
        estimated_performance.FIGURE,
        decision_cost.FIGURE,
        ladder_figure.FIGURE,
        decay_curve.FIGURE,
        retraining_costs.FIGURE,
        risk_matrix.FIGURE,
        latency_waterfall.FIGURE,
        calendar_year.FIGURE,
        rollout_figure.FIGURE,
        roadmap.FIGURE,
        experiment_effects.FIGURE,
        improvement_cycle.FIGURE,
        architecture.FIGURE,
        tornado.FIGURE,
        service_levels.FIGURE,
    )


def _formats() -> tuple[Format, ...]:
    from generator.render import html, markdown, pdf

    return (markdown.FORMAT, html.FORMAT, pdf.FORMAT)


def _companions() -> tuple[Companion, ...]:
    from generator.export import golden as golden_file
    from generator.export import icalendar, queries

    return (icalendar.COMPANION, golden_file.COMPANION, queries.COMPANION)


def _engines() -> tuple[EngineSpec, ...]:
    from generator.engines import duckdb

    return (duckdb.ENGINE,)


def _readers() -> tuple[Reader, ...]:
    from generator.scoring import catboost, columns, joblib, lightgbm, mlflow, onnx, rds, skops, xgboost

    return (
        skops.READER,
        joblib.READER,
        rds.READER,
        onnx.READER,
        xgboost.READER,
        lightgbm.READER,
        catboost.READER,
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
        "ranges",
        "drift",
    ),
    *("missing", "rolling", "unseen", "reference", "services"),
    *("business", "experiments", "claims", "alerts", "ladder", "retraining", "rollback"),
)
"""What `check` runs of the analyses and the decisions: what contradictions among declared things rest on."""

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
)
