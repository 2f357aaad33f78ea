"""A model gets the values it was trained on: it predicts what it predicts on pandas' own reading of the rows."""

import zipfile
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet as pq
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.records.project import Feature, Model
from generator.scoring import skops as reader
from tests.measure import frames
from tests.workbooks import write_workbook

ROWS = 160


def values(*levels: object) -> pd.Series:
    return pd.Series(np.resize(np.array(levels, dtype=object), ROWS))


COLUMNS = {
    "whole codes": values(101, 102, 103).astype("int64"),
    "codes with fractions": values(1.5, 2.5, 10.0).astype("float64"),
    "codes with holes": values(101, 102, np.nan).astype("float64"),
    "nullable codes": values(101, 102, 103).astype("Int64"),
    "digits as texts": values("01067", "04109", "10115").astype("str"),
    "texts": values("a", "b", "c").astype("str"),
    "texts with holes": values("a", "b", None).astype("str"),
    "categories": values("a", "b", "c").astype("category"),
    "truths": values(True, False, False).astype("bool"),
    "truths as texts": values("True", "False", "no").astype("str"),
    "small whole codes": values(1, 2, 3).astype("int8"),
    "decimals": values(Decimal("1.50"), Decimal("2.25"), Decimal("10.00")),
    "one letter and digits": values("1A", "02", "3").astype("str"),
    "days as texts": values("2026-03-01", "2026-03-02", "2026-03-09").astype("str"),
    "32-bit fractions": values(0.1, 0.25, 0.7).astype("float32"),
}


def in_zip(table: pd.DataFrame, path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("rows.csv", table.to_csv(index=False))


def in_orc(table: pd.DataFrame, path) -> None:
    """Write ORC, which has no categories."""
    plain = table.astype(dict.fromkeys(table.select_dtypes("category"), "str"))
    pa.orc.write_table(pa.Table.from_pandas(plain, preserve_index=False), path)


def in_folders(table: pd.DataFrame, path) -> None:
    pq.write_to_dataset(pa.Table.from_pandas(table, preserve_index=False), path, partition_cols=["half"])


CONTAINERS = {
    "csv": lambda table, path: table.to_csv(path, index=False),
    "parquet": lambda table, path: table.to_parquet(path, index=False),
    "jsonl": lambda table, path: table.to_json(path, orient="records", lines=True),
    "json": lambda table, path: table.to_json(path, orient="records"),
    "feather": lambda table, path: pa.feather.write_feather(table, path),
    "orc": in_orc,
    "xlsx": write_workbook,
    "zip": in_zip,
    "folder": in_folders,
}


def written(folder, container: str, table: pd.DataFrame) -> str:
    name = f"production.{container}"
    CONTAINERS[container](table, folder / name)
    return name


def fitted(table: pd.DataFrame, encoder: object, imputed: bool) -> object:
    steps = [SimpleImputer(strategy="most_frequent")] * int(imputed) + [encoder]
    columns = ColumnTransformer([("code", make_pipeline(*steps), ["code"]), ("rest", "passthrough", ["cost"])])
    return make_pipeline(columns, Ridge(alpha=0.01)).fit(table[["cost", "code"]], table["price"])


def asked(folder, model: object, name: str, **data: object):
    (folder / "m.skops").write_bytes(skops.io.dumps(model))
    (folder / "dossier.yaml").write_text("")
    project = frames.project(
        folder, production=name, prediction=None, previous_prediction=None, segments=(), entity=None, **data
    )
    declared = Model(name="m", version="1", path="m.skops", format="skops")
    return replace(project, settings=replace(project.settings, model=declared))


@pytest.mark.parametrize("container", ["csv", "parquet"])
@pytest.mark.parametrize("declared", [None, "categorical"])
@pytest.mark.parametrize("column", COLUMNS)
def test_predictions_are_those_of_the_model_on_its_own_types(tmp_path, column, declared, container):
    table = frames.rows(4)[["date", "cost", "price"]].assign(code=COLUMNS[column])
    if column == "decimals":  # an encoder sorts its levels as numbers
        table["code"] = table["code"].astype("float64")
    imputed = table["code"].isna().any() and table["code"].dtype.kind == "f"
    model = fitted(table, OneHotEncoder(handle_unknown="ignore"), imputed)
    if column == "decimals" and container == "parquet":
        name = written(tmp_path, container, table.assign(code=COLUMNS[column]))
    else:
        name = written(tmp_path, container, table)
    features = () if declared is None else (Feature(name="cost"), Feature(name="code", kind=declared))
    ledger = measure(asked(tmp_path, model, name, features=features), DuckDB(), [reader.READER])
    agree(ledger, model.predict(table[["cost", "code"]]))


def agree(ledger, expected) -> None:
    total = ledger.production.total
    assert total.mean[-1] == pytest.approx(expected.mean(), rel=1e-12)
    assert total.m2[-1] == pytest.approx(((expected - expected.mean()) ** 2).sum(), rel=1e-9)


@pytest.mark.parametrize("container", CONTAINERS)
def test_columns_of_all_types_at_once_are_the_same_in_every_container(tmp_path, container):
    table = frames.rows(4)[["date", "cost", "price"]].assign(**COLUMNS, half=np.arange(ROWS) % 2)
    fitted_on = table.assign(decimals=table["decimals"].astype("float64"))
    holes = [name for name in COLUMNS if name == "codes with holes"]
    imputed = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    whole = [name for name in COLUMNS if name not in holes]
    parts = [("holes", imputed, holes), ("whole", OneHotEncoder(handle_unknown="ignore"), whole)]
    columns = ColumnTransformer([*parts, ("rest", "passthrough", ["cost"])])
    model = make_pipeline(columns, Ridge(alpha=0.01)).fit(fitted_on[["cost", *COLUMNS]], table["price"])
    typed = container in {"parquet", "feather", "folder"}
    name = written(tmp_path, container, table if typed else fitted_on)
    ledger = measure(asked(tmp_path, model, name), DuckDB(), [reader.READER])
    agree(ledger, model.predict(fitted_on[["cost", *COLUMNS]]))


def test_a_number_for_what_the_model_knows_as_texts_is_refused(tmp_path):
    table = frames.rows(4)[["date", "cost", "price"]].assign(code=COLUMNS["digits as texts"])
    name = written(tmp_path, "parquet", table)
    features = (Feature(name="cost"), Feature(name="code", kind="numeric"))
    made = asked(tmp_path, fitted(table, OneHotEncoder(), False), name, features=features)
    with pytest.raises(InputError, match="knows code as texts, and it is declared numeric"):
        measure(made, DuckDB(), [reader.READER])


def test_a_feature_that_the_model_does_not_take_is_refused(tmp_path):
    table = frames.rows(4)[["date", "cost", "clicks", "price"]].assign(code=COLUMNS["texts"])
    name = written(tmp_path, "csv", table)
    features = (Feature(name="cost"), Feature(name="code"), Feature(name="clicks"))
    made = asked(tmp_path, fitted(table, OneHotEncoder(), False), name, features=features)
    with pytest.raises(InputError, match="clicks is declared, and the model takes cost, code"):
        measure(made, DuckDB(), [reader.READER])


@pytest.mark.parametrize(
    ("trained", "encoder", "reference_is", "refused"),
    [
        (("a", "b", "z"), OneHotEncoder(handle_unknown="ignore"), "training", True),
        (("a", "b", "z"), OneHotEncoder(handle_unknown="ignore"), "held_out", False),
        (("a", "b", "c"), OneHotEncoder(handle_unknown="ignore"), "training", False),
        (("a", "b", "z"), OneHotEncoder(categories=[["a", "b"]], handle_unknown="ignore"), "training", False),
        (("1", "2", "3"), OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), "training", True),
    ],
)
def test_a_level_of_the_training_rows_that_the_encoder_lacks_is_refused(
    tmp_path, trained, encoder, reference_is, refused
):
    table = frames.rows(4)[["date", "cost", "price"]].assign(code=values("a", "b", "c").astype("str"))
    model = fitted(table, encoder, False)
    written(tmp_path, "csv", table)
    table.assign(code=values(*trained), price=table["price"] + 1).to_csv(tmp_path / "training.csv", index=False)
    features = (Feature(name="cost"), Feature(name="code", kind="categorical"))
    made = asked(
        tmp_path, model, "production.csv", features=features, reference="training.csv", reference_is=reference_is
    )
    if not refused:
        measure(made, DuckDB(), [reader.READER])
        return
    with pytest.raises(
        InputError, match=r"does not know 1 of 3 levels of code in training|no value of column code is one"
    ):
        measure(made, DuckDB(), [reader.READER])


def test_a_level_that_may_tell_of_people_is_counted_and_not_named(tmp_path):
    table = frames.rows(4)[["date", "cost", "price"]].assign(code=values("a", "b", "c").astype("str"))
    model = fitted(table, OneHotEncoder(handle_unknown="ignore"), False)
    written(tmp_path, "csv", table)
    table.assign(code=values("a", "b", "ZJANE"), price=table["price"] + 1).to_csv(
        tmp_path / "training.csv", index=False
    )
    features = (Feature(name="cost"), Feature(name="code", kind="categorical", sensitivity="personal"))
    made = asked(tmp_path, model, "production.csv", features=features, reference="training.csv")
    with pytest.raises(InputError, match=r"does not know 1 of 3 levels of code in training$") as caught:
        measure(made, DuckDB(), [reader.READER])
    assert "ZJANE" not in str(caught.value.problems)
