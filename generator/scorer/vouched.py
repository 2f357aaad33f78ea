"""Takes an estimator from a file that runs no code, vouches for scikit-learn's own types once their contents are sound.

These types are safe to build, and their predictions walk arrays by the indices that the file gives: a wrong index reads
memory that is not theirs, a circle never ends. So indices are looked at before anything is predicted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from generator.scorer.refused import AT_FILE, Refused


def _in(module: str, names: str) -> tuple[str, ...]:
    return tuple(f"{module}.{name}" for name in names.split())


OWN = frozenset(
    (
        *_in("numpy", "dtype mean median"),
        *_in("scipy._lib.array_api_compat.numpy._aliases", "asarray"),
        *_in("scipy.interpolate._bsplines", "BSpline"),
        *_in("scipy.sparse._csr", "csr_matrix"),
        *_in("sklearn._loss.loss", "HalfTweedieLoss HalfTweedieLossIdentity"),
        *_in("sklearn.calibration", "_CalibratedClassifier _SigmoidCalibration _TemperatureScaling"),
        *_in("sklearn.compose._column_transformer", "_RemainderColsList"),
        *_in("sklearn.ensemble._hist_gradient_boosting.predictor", "TreePredictor"),
        *_in("sklearn.feature_selection._univariate_selection", "f_classif f_regression chi2"),
        *_in("sklearn.feature_selection._mutual_info", "mutual_info_classif mutual_info_regression"),
        *_in("sklearn.gaussian_process._gpc", "_BinaryGaussianProcessClassifierLaplace"),
        *_in(
            "sklearn.gaussian_process.kernels",
            "CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation Matern Product RBF "
            "RationalQuadratic Sum WhiteKernel",
        ),
        *_in("sklearn.metrics._classification", "accuracy_score balanced_accuracy_score f1_score log_loss"),
        *_in("sklearn.metrics._dist_metrics", "EuclideanDistance64 ManhattanDistance64 MinkowskiDistance64"),
        *_in("sklearn.metrics._ranking", "average_precision_score roc_auc_score"),
        *_in("sklearn.metrics._regression", "mean_absolute_error mean_squared_error r2_score"),
        *_in("sklearn.metrics._scorer", "_CurveScorer _PassthroughScorer _Scorer"),
        *_in("sklearn.model_selection._search_successive_halving", "HalvingGridSearchCV HalvingRandomSearchCV"),
        *_in(
            "sklearn.model_selection._split",
            "GroupKFold GroupShuffleSplit KFold LeaveOneOut RepeatedKFold RepeatedStratifiedKFold ShuffleSplit "
            "StratifiedGroupKFold StratifiedKFold StratifiedShuffleSplit TimeSeriesSplit",
        ),
        *_in("sklearn.neighbors._ball_tree", "BallTree"),
        *_in("sklearn.neighbors._kd_tree", "KDTree"),
        *_in("sklearn.neural_network._stochastic_optimizers", "AdamOptimizer SGDOptimizer"),
        *_in("sklearn.tree._tree", "Tree"),
        *_in("sklearn.utils._bunch", "Bunch"),
        *_in("sklearn.utils._metadata_requests", "MetadataRequest MethodMetadataRequest"),
    )
)
"""What the libraries themselves write and skops does not vouch for: none of it runs code when it is built."""
DAMAGED = "the file is damaged or was tampered with: save the model again with skops.io.dump"
FILES = "a vectoriser of texts takes them from the rows with input='content'"


def check(estimator: Any) -> None:
    """Raise Refused for trees whose indices lead astray, and for steps that open the files that cells name."""
    for part in _parts(estimator):
        if str(getattr(part, "input", "content")) in ("filename", "file") and hasattr(part, "decode_error"):
            kind = type(part).__name__
            raise Refused(f"the step {kind}(input={part.input!r}) opens the files that the rows name", AT_FILE, FILES)
        tree, width = getattr(part, "tree_", None), getattr(part, "n_features_in_", 0)
        if tree is not None:
            state = tree.__getstate__()
            nodes = state["nodes"]
            inner = nodes["left_child"] != -1
            _check_nodes(len(nodes), inner, nodes["left_child"], nodes["right_child"], nodes["feature"], width)
        for predictor in _predictors(part):
            nodes, sets = predictor.nodes, len(predictor.raw_left_cat_bitsets)
            inner = nodes["is_leaf"] == 0
            _check_nodes(len(nodes), inner, nodes["left"], nodes["right"], nodes["feature_idx"], width)
            if (nodes["bitset_idx"][inner & (nodes["is_categorical"] != 0)] >= sets).any():
                raise _astray()


def _check_nodes(count: int, inner: Any, left: Any, right: Any, feature: Any, width: int) -> None:
    """Raise Refused unless each inner node leads to two later nodes, none is led to twice, and splits a feature."""
    children = np.concatenate([left[inner], right[inner]]).astype(np.int64)
    own = np.tile(np.flatnonzero(inner), 2)
    features = np.asarray(feature)[inner].astype(np.int64)
    sound = (
        count > 0
        and bool(np.all((children > own) & (children < count)))
        and len(np.unique(children)) == len(children)
        and bool(np.all((features >= 0) & (features < width)))
    )
    if not sound:
        raise _astray()


def _astray() -> Refused:
    return Refused("the model holds a tree whose nodes lead astray", AT_FILE, DAMAGED)


def _predictors(part: Any) -> Iterator[Any]:
    for stage in getattr(part, "_predictors", ()):
        yield from stage


def _parts(estimator: Any) -> Iterator[Any]:
    """Yield every object of an estimator once: what its attributes and containers hold, at any depth."""
    seen, waiting = set(), [estimator]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, (str, bytes, int, float, complex, type(None), type)):
            continue
        seen.add(id(part))
        if isinstance(part, dict):
            waiting.extend((*part.keys(), *part.values()))
        elif isinstance(part, (list, tuple, set, frozenset)):
            waiting.extend(part)
        elif isinstance(part, np.ndarray):
            waiting.extend(part.ravel().tolist() if part.dtype == object else ())
        else:
            yield part
            waiting.extend(getattr(part, "__dict__", {}).values())
