"""Everything the compiler can do, in order; a new plugin is one file and one line here."""

from __future__ import annotations

from generator.analyse import (
    artifact,
    build,
    correlation,
    data,
    declared,
    drift,
    errors,
    golden,
    importance,
    labels,
    missing,
    performance,
    prediction,
    ranges,
    segments,
    unseen,
)
from generator.decide import (
    alerts,
    business,
    calendar,
    conditions,
    features,
    gates,
    ladder,
    retraining,
    risks,
    rollback,
    runbook,
    watch,
    whatif,
)
from generator.engines import duckdb
from generator.export import golden as golden_file
from generator.export import icalendar
from generator.figures import (
    architecture,
    calendar_year,
    daily_error,
    drift_heat,
    drift_impact,
    drift_scatter,
    error_distribution,
    improvement_cycle,
    latency_waterfall,
    missing_bars,
    prediction_error_by_decile,
    retraining_costs,
    risk_matrix,
    roadmap,
    rollout,
    segment_bars,
)
from generator.figures import ladder as ladder_figure
from generator.records.document import DocumentKind
from generator.records.plugin import Catalog
from generator.render import html, markdown, pdf
from generator.scoring import columns, joblib, rds, skops

CATALOG = Catalog(
    analyses=(
        build.ANALYSIS,
        declared.ANALYSIS,
        artifact.ANALYSIS,
        data.ANALYSIS,
        labels.ANALYSIS,
        performance.ANALYSIS,
        errors.ANALYSIS,
        segments.ANALYSIS,
        importance.ANALYSIS,
        ranges.ANALYSIS,
        drift.ANALYSIS,
        missing.ANALYSIS,
        unseen.ANALYSIS,
        correlation.ANALYSIS,
        prediction.ANALYSIS,
        golden.ANALYSIS,
    ),
    decisions=(
        business.DECISION,
        alerts.DECISION,
        ladder.DECISION,
        retraining.DECISION,
        rollback.DECISION,
        watch.DECISION,
        runbook.DECISION,
        features.DECISION,
        risks.DECISION,
        gates.DECISION,
        conditions.DECISION,
        calendar.DECISION,
        whatif.DECISION,
    ),
    figures=(
        daily_error.FIGURE,
        segment_bars.FIGURE,
        drift_scatter.FIGURE,
        missing_bars.FIGURE,
        drift_heat.FIGURE,
        drift_impact.FIGURE,
        error_distribution.FIGURE,
        prediction_error_by_decile.FIGURE,
        ladder_figure.FIGURE,
        retraining_costs.FIGURE,
        risk_matrix.FIGURE,
        latency_waterfall.FIGURE,
        calendar_year.FIGURE,
        rollout.FIGURE,
        roadmap.FIGURE,
        improvement_cycle.FIGURE,
        architecture.FIGURE,
    ),
    documents=(
        DocumentKind(id="executive-summary", code="SUM", title="Executive summary", audience="leadership"),
        DocumentKind(
            id="feature-requirements",
            code="FEA",
            title="Feature-requirement specification",
            audience="data and platform engineers",
        ),
        DocumentKind(id="monitoring", code="MON", title="Monitoring specification", audience="engineers and on-call"),
        DocumentKind(
            id="retraining-calendar",
            code="CAL",
            title="Retraining calendar",
            audience="model owner and leadership",
        ),
        DocumentKind(id="rollback-runbook", code="RUN", title="Rollback runbook", audience="on-call"),
    ),
    formats=(markdown.FORMAT, html.FORMAT, pdf.FORMAT),
    companions=(icalendar.COMPANION, golden_file.COMPANION),
    engines=(duckdb.ENGINE,),
    readers=(skops.READER, joblib.READER, rds.READER, columns.READER),
)
