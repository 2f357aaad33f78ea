"""Takes the bytes of a TorchScript file that the project file vouches for, gives the network in it; its code runs."""

from pathlib import Path

from generator.records.plugin import Reader
from generator.records.project import Model
from generator.scorer.refused import AS_ONNX
from generator.scoring._foreign import Foreign, opened
from generator.scoring._trust import check_trust

WHAT = "TorchScript files carry a program, which runs"
SAFER = f"export it {AS_ONNX}"


def open_model(content: bytes, declared: Model, folder: Path | None = None) -> Foreign:
    """Open a file that is trusted and has the declared digest; raises InputError otherwise, before any of it runs."""
    check_trust(content, declared, what=WHAT, safer=SAFER)
    return opened("torchscript", content, declared, folder, trusted=True)


READER = Reader(
    id="torchscript",
    title="TorchScript, by a Python that has torch, only if trusted and pinned",
    open=open_model,
    runs_code=True,
)
