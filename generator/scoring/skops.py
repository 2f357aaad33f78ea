"""Takes the bytes of a skops file, gives the scikit-learn pipeline in it as a model; unknown types are refused."""

from __future__ import annotations

from generator.errors import InputError
from generator.records.plugin import Reader
from generator.records.project import Model as Declared
from generator.scoring._sklearn import SklearnModel, sklearn_model

HARMLESS = ("numpy.dtype",)
"""Types that only describe arrays and run nothing when they are built; encoders store them."""


def open_model(content: bytes, declared: Declared) -> SklearnModel:
    """Open a skops file whose types are scikit-learn's own or trusted as declared; raises InputError otherwise."""
    import skops.io

    trusted = declared.trusted_types
    try:
        unknown = sorted(set(skops.io.get_untrusted_types(data=content)) - {*trusted, *HARMLESS})
    except Exception as error:
        raise InputError(f"not a skops file: {error}", where="model.path", hint="save it with skops.io.dump") from error
    if unknown:
        raise InputError(
            f"the model file holds types nobody vouches for: {', '.join(unknown)}",
            where="model.path",
            hint="if you trust the file: model.trusted_types lists them, or --trust TYPE",
        )
    return sklearn_model(skops.io.loads(content, trusted=[*trusted, *HARMLESS]), declared)


READER = Reader(id="skops", title="scikit-learn pipelines saved with skops", open=open_model)
