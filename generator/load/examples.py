"""The sections of a new project file that nothing can be guessed of, each with an example left out."""

_PRICES = """\
# What errors cost and what the system brings; amounts are in the project's currency.
#business:
#  loss_per_unit_error: 0.4  # per row and unit of absolute error
#  why_loss: refunds of last year, divided by minutes late
"""
_DECISION = """\
# What is done with a probability, and what comes of it; a benefit is a negative cost.
#decision:
#  action: a call by the customer team
#  threshold: 0.5  # from which probability is acted today
#  costs: {true_positive: -130, false_positive: 20, false_negative: 0, true_negative: 0}
#  capacity_per_day: 60
#  tiers:
#    - {name: likely, above: 0.5, action: A call}
#    - {name: settled, above: 0, action: Nothing}

# What the system brings and costs; amounts are in the project's currency.
#business:
"""
_SECTIONS = """\
#  value_per_month: 20000
#  implementation_cost: 60000
#  running_cost_per_year: 20000
#  costs:
#    - {name: On-call, kind: on-call, per_year: 9000, low: 7000, high: 12000}
#  horizon_months: 36  # how far the worth is counted, with an interest a year of
#  discount_rate: 0.08

# Your own drift and missing-value criteria, judged beside the statistical ones; 0.1 is 10 %.
#policies:
#  drift: {severe_mean_change: 0.25, yellow_mean_change: 0.1}  # domain_classifier: true looks at all inputs at once
#  missing: {flag_points: 0.05, red: 0.2}

# What is watched. Metrics: {metrics}, psi, mean_change, missing, unseen, rows, latency_p95, availability …
#alerts:
#  rules:
#    - {rule}
#  budget_per_month: 2  # false alarms you are willing to look at
#  channels: {alerts: "#model-alerts"}

# Service levels, and what was measured of them.
#services:
#  - {id: latency, title: "Latency, 95th percentile", objective: 200, unit: ms, operator: "<", measured: 120}
#  - {id: answered, title: Requests answered, objective: 0.999, unit: share, operator: ">=",
#     counts: [{day: 2026-01-31, good: 9990, total: 10000}]}
#  # many counts stand in a table, `counts: {csv: counts.csv}`; or declare a log under data.requests and `log: status`

# When the model could be trained anew, and what a run costs.
#retraining:
#  run: {people_hours: 4, hourly_rate: 80, compute_cost: 20}
#  options:
#    - {id: monthly, title: Every month, every_days: 30}
#    - {id: quarterly, title: Every quarter, every_days: 91}
#  chosen: monthly

# How traffic moves to the new version.
#rollout:
#  margin: 0.05  # how much larger than the previous version's the error may be
#  stages:
#    - {name: canary, traffic: 0.05, days: 3, gate: error as in validation}
#    - {name: everyone, traffic: 1}

# How the service goes back: each step with its command, what it should print, and the minutes it takes.
#rollback:
#  restore_minutes: 15
#  decides: on-call engineer
#  steps:
#    - {title: Serve the previous version, command: deployctl rollback, expected: rolled back, minutes: 5}
#  verify:
#    - {title: Ask for a prediction, command: curl -s localhost/predict, minutes: 1}

# What can go wrong; likelihood and impact from 1 to 5.
#risks:
#  - {id: late-data, title: Inputs arrive late, likelihood: 3, impact: 4, kind: pipeline}

# Who is called, and who signs.
#people:
#  roles:
#    - {role: Model owner, name: Jo Doe, contact: jo@example.com, deputy: Sam Roe}
#  approvers:
#    - {role: Head of operations, name: Kim Poe}

# Reported experiments; without the rows of both arms their results cannot be verified.
#experiments:
#  - id: ab-1
#    n_control: 5600
#    n_test: 5550
#    metrics:
#      - {name: on_time, control: 0.82, test: 0.84, stated_change: "+2.4 %", stated_status: PASS}

# Figures that your documents state, as printed; each is recomputed from the others, with the rounding of its digits.
#claims:
#  document_date: 2026-06-01
#  figures:
#    - {id: orders, stated: "12,000", title: Orders a month, where: business case, counted: true}
#    - {id: saving, stated: $0.40, title: Saving an order, where: business case}
#    - {id: yearly, stated: $57.6k, title: Saving a year, where: summary, formula: orders * 12 * saving}
#  rules:
#    - {id: positive, rule: yearly > 0, why: otherwise there is nothing to gain}

# What data cannot tell.
#context:
#  purpose: Tell customers when their order arrives
#  decision_mode: automated  # or advisory
#  users: 40 dispatchers
#  intended_use: [orders inside the city]
#  excluded_use: [pay of couriers]
#  limitations: [no training data for snow]
#  serving: {mode: real-time, latency_objective_ms: 200}

#privacy:
#  list_entities: false  # whether documents may name entities
"""


def later_sections(*, binary: bool) -> str:
    """Return the sections; those of a binary model price outcomes and watch probabilities."""
    metrics = "brier, auc, accuracy, base_rate" if binary else "rmse, mae, bias"
    error = "brier, yellow: 0.14, red: 0.16" if binary else "rmse, yellow: 5, red: 6"
    rule = f"{{id: error, metric: {error}, window_days: 1, consecutive: 2, owner: Model team}}"
    return (_DECISION if binary else _PRICES) + _SECTIONS.replace("{metrics}", metrics).replace("{rule}", rule)
