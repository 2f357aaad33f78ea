"""The ONNX file of the real-time service is the model: its probabilities agree to the sixth decimal."""

import numpy as np
import pandas as pd

from generator.records.project import Model
from generator.scoring.onnx import open_model
from tests.churn.conftest import CASE


def test_both_files_answer_alike(rows: pd.DataFrame) -> None:
    content = (CASE / "model.onnx").read_bytes()
    model = open_model(content, Model(name="churn", version="1", format="onnx", positive_class="yes"))
    some = rows.head(2_000)
    texts = {"contract", "internet", "payment", "region"}
    columns = {name: some[name].to_numpy(dtype=object if name in texts else np.float64) for name in model.features}
    assert some["data_used_gb"].isna().any()
    np.testing.assert_allclose(model.score(columns).prediction, some["p"], atol=5e-7, rtol=0)
