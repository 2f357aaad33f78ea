"""R's own models predict here what R predicts: the hotel's ridge and its lm object."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator.records.project import Model
from generator.scoring import ScoringModel
from generator.scoring.rds import open_model

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "hotel_pricing_r"
ROWS = 200
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def expected() -> pd.DataFrame:
    if not FOLDER.is_dir():
        pytest.fail("shared/data/hotel_pricing_r is not beside the repository: the real data are incomplete")
    return pd.read_csv(FOLDER / "expected_predictions.csv")


def predictions(model: ScoringModel) -> np.ndarray:
    table = pd.read_csv(FOLDER / "production_data.csv").head(ROWS)
    return model.score({name: table[name].to_numpy() for name in model.features}).prediction


@pytest.mark.parametrize(("file", "column"), [("production_model.rds", "pred_ridge"), ("lm_model.rds", "pred_lm")])
def test_predictions_are_those_of_r(expected, file, column):
    model = open_model((FOLDER / file).read_bytes(), Model(name="hotel", version="1", format="rds"))
    np.testing.assert_allclose(predictions(model), expected[column], rtol=0, atol=1e-9)


def test_the_choice_of_lambda_picks_the_model(expected):
    content = (FOLDER / "cv_model.rds").read_bytes()
    least, plain, other = (
        predictions(open_model(content, Model(name="hotel", version="1", format="rds", **keys)))
        for keys in ({"lambda_choice": "lambda.min"}, {}, {"lambda_choice": "lambda.1se"})
    )
    np.testing.assert_array_equal(plain, other)
    assert np.abs(least - plain).max() > 0.01
