"""Evidently's report on TechMart's scored rows; runs in an environment of its own, outside this project's."""

import sys
from pathlib import Path

import pandas as pd
from evidently import DataDefinition, Dataset, Regression, Report
from evidently.presets import DataDriftPreset, DataSummaryPreset, RegressionPreset


def main(folder: str, target: str, scored: str) -> None:
    """Write one HTML report: data drift, regression and data summary."""
    current = pd.read_parquet(scored)
    reference = pd.read_parquet(Path(scored).with_name("training.parquet"))
    kept = [name for name in current.columns if name not in {"date", "product_id"}]
    texts = [name for name in kept if not pd.api.types.is_numeric_dtype(current[name])]
    definition = DataDefinition(
        numerical_columns=[name for name in kept if name not in texts],
        categorical_columns=texts,
        regression=[Regression(target="price", prediction="prediction")],
    )
    datasets = [Dataset.from_pandas(table[kept], data_definition=definition) for table in (current, reference)]
    Report([DataDriftPreset(), RegressionPreset(), DataSummaryPreset()]).run(*datasets).save_html(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
