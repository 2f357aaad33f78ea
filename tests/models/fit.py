"""Fits models as newcomers have them, with the libraries of the Python that runs this, and keeps their own answers.

    python tests/models/fit.py FOLDER GROUP...     writes FOLDER/<name>.<suffix>, and FOLDER/<name>.csv with its answers

It needs nothing of the program, and runs with the Python of any environment. Rows are those of FOLDER/rows.csv.
"""

import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(sys.argv[1])
ROWS = pd.read_csv(FOLDER / "rows.csv")
NUMBERS, TEXTS = ["cost", "clicks"], ["city"]
X, Y = ROWS[NUMBERS + TEXTS], ROWS["price"]
LATE = (ROWS["sold"] == "yes").astype(int)
LEVELS = X.assign(city=X["city"].astype("category"))


def keep(name, answers):
    pd.DataFrame({"answer": np.asarray(answers, dtype=np.float64)}).to_csv(FOLDER / (name + ".csv"), index=False)


def chances(model, rows):
    return model.predict_proba(rows)[:, 1] if hasattr(model, "predict_proba") else model.predict(rows)


def dumped(name, model, rows, how="skops", held=None):
    keep(name, chances(model, rows))
    if how == "skops":
        import skops.io

        skops.io.dump(model if held is None else held, FOLDER / (name + ".skops"))
    else:
        (FOLDER / (name + ".pkl")).write_bytes(pickle.dumps(model if held is None else held))


def prepared(last):
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    parts = [("n", SimpleImputer(), NUMBERS), ("t", OneHotEncoder(handle_unknown="ignore", sparse_output=False), TEXTS)]
    return make_pipeline(ColumnTransformer(parts), last)


def sklearn_models():
    from sklearn import ensemble as e
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import GridSearchCV
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.neural_network import MLPRegressor
    from sklearn.svm import SVR

    few = {"n_estimators": 10, "random_state": 0}
    for name, model, truth in (
        ("ridge", Ridge(), Y),
        ("logistic", LogisticRegression(), LATE),
        ("forest", e.RandomForestRegressor(**few), Y),
        ("forest_classes", e.RandomForestClassifier(**few), LATE),
        ("extra_trees", e.ExtraTreesRegressor(**few), Y),
        ("hist_boosting", e.HistGradientBoostingRegressor(max_iter=20), Y),
        ("hist_classes", e.HistGradientBoostingClassifier(max_iter=20), LATE),
        ("boosting", e.GradientBoostingRegressor(**few), Y),
        ("voting", e.VotingRegressor([("a", Ridge()), ("b", e.GradientBoostingRegressor(**few))]), Y),
        ("stacking", e.StackingRegressor([("a", Ridge()), ("b", e.RandomForestRegressor(**few))]), Y),
        ("calibrated", CalibratedClassifierCV(e.RandomForestClassifier(**few), cv=3), LATE),
        ("searched", GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=3), Y),
        ("neighbours", KNeighborsRegressor(), Y),
        ("network", MLPRegressor(hidden_layer_sizes=(5,), max_iter=40, random_state=0), Y),
        ("kernel", SVR(), Y),
    ):
        dumped(name, prepared(model).fit(X, truth), X)
    target = TransformedTargetRegressor(prepared(Ridge()), func=np.log1p, inverse_func=np.expm1)
    dumped("transformed_target", target.fit(X, Y - Y.min()), X)
    matrix = X[NUMBERS].to_numpy()
    bare = e.RandomForestRegressor(**few).fit(matrix, Y)
    dumped("matrix", bare, matrix)
    dumped("dictionary", bare, matrix, "pickle", {"model": bare, "features": NUMBERS, "version": 3})


def old_models():
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    for name, model, truth in (
        ("old_ridge", Ridge(), Y),
        ("old_logistic", LogisticRegression(), LATE),
        ("old_forest", RandomForestRegressor(10, random_state=0), Y),
        ("old_forest_classes", RandomForestClassifier(10, random_state=0), LATE),
        ("old_hist_boosting", HistGradientBoostingRegressor(max_iter=20), Y),
    ):
        dumped(name, prepared(model).fit(X, truth), X, "pickle")
    dumped("old_skops_ridge", prepared(Ridge()).fit(X, Y), X)
    dumped("old_skops_logistic", prepared(LogisticRegression()).fit(X, LATE), X)
    import xgboost

    booster = xgboost.XGBRegressor(enable_categorical=True, n_estimators=20, n_jobs=1).fit(LEVELS, Y)
    keep("old_levels", booster.predict(LEVELS))
    booster.save_model(FOLDER / "old_levels.json")
    dumped("old_bare", Ridge().fit(X[NUMBERS], Y), X[NUMBERS])


def booster_models():
    import lightgbm
    import xgboost

    numbers = {"n_estimators": 20, "n_jobs": 1}
    for name, model, truth in (
        ("xgb_ubj", xgboost.XGBRegressor(enable_categorical=True, **numbers), Y),
        ("xgb_json", xgboost.XGBClassifier(enable_categorical=True, **numbers), LATE),
    ):
        keep(name, chances(model.fit(LEVELS, truth), LEVELS))
        model.save_model(FOLDER / (name + "." + name[4:]))
    dumped("xgb_pickle", xgboost.XGBRegressor(enable_categorical=True, **numbers).fit(LEVELS, Y), LEVELS, "pickle")
    dumped("xgb_skops", xgboost.XGBRegressor(**numbers).fit(X[NUMBERS], Y), X[NUMBERS])
    light = lightgbm.LGBMClassifier(verbose=-1, **numbers).fit(LEVELS, LATE)
    keep("lgb_text", chances(light, LEVELS))
    light.booster_.save_model(FOLDER / "lgb_text.txt")
    dumped("lgb_pickle", light, LEVELS, "pickle")
    dumped("lgb_skops", lightgbm.LGBMRegressor(verbose=-1, **numbers).fit(X[NUMBERS], Y), X[NUMBERS])
    for name, file in (("mlflow_xgboost", "xgb_ubj.ubj"), ("mlflow_lightgbm", "lgb_text.txt")):
        inside(name, f"{name[7:]}: {{data: {file}}}", FOLDER / file, file)


def inside(name, flavor, source, file):
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    (folder / file).write_bytes(source.read_bytes())
    (folder / "MLmodel").write_text(f"flavors:\n  {flavor}\n")
    (FOLDER / (name + ".csv")).write_bytes((FOLDER / (source.stem + ".csv")).read_bytes())


def mlflow_models():
    kept = "sklearn: {pickled_model: model.skops, serialization_format: skops}"
    inside("mlflow_skops", kept, FOLDER / "ridge.skops", "model.skops")
    plain = "sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle}"
    inside("mlflow_pickle", plain, FOLDER / "dictionary.pkl", "model.pkl")


def pyfunc_models():
    import mlflow
    from mlflow.models import infer_signature

    class Free(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input["cost"] * 2.0 + model_input["clicks"] + (model_input["city"] == "Graz") * 20

    answers = Free().predict(None, X)
    keep("mlflow_pyfunc", answers)
    signed = {"signature": infer_signature(X, answers), "pip_requirements": []}
    mlflow.pyfunc.save_model(FOLDER / "mlflow_pyfunc", python_model=Free(), **signed)
    keep("mlflow_unsigned", answers)
    mlflow.pyfunc.save_model(FOLDER / "mlflow_unsigned", python_model=Free(), pip_requirements=[])


def torch_models():
    import torch

    torch.manual_seed(0)
    matrix = torch.from_numpy(X[NUMBERS].to_numpy(dtype=np.float32))
    network = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1)).eval()
    for name in ("torch_network", "torch_weights"):
        keep(name, network(matrix).detach().numpy().ravel())
    torch.jit.script(network).save(str(FOLDER / "torch_network.pt"))
    torch.save(network.state_dict(), FOLDER / "torch_weights.pt")


def catboost_models():
    import catboost

    few = {"iterations": 20, "verbose": 0, "cat_features": TEXTS, "thread_count": 1, "allow_writing_files": False}
    for name, model, truth in (
        ("catboost_cbm", catboost.CatBoostRegressor(**few), Y),
        ("catboost_classes", catboost.CatBoostClassifier(**few), LATE),
    ):
        keep(name, chances(model.fit(X, truth), X))
        model.save_model(FOLDER / (name + ".cbm"))
    dumped("catboost_pickle", catboost.CatBoostRegressor(**few).fit(X, Y), X, "pickle")


if __name__ == "__main__":
    for group in sys.argv[2:]:
        globals()[group + "_models"]()
