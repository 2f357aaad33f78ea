"""Takes the bytes of a TorchScript file that is trusted, gives the network in it as a model; its code runs."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from generator.scorer.asked import Asked, Columns, Opened
from generator.scorer.refused import AS_ONNX, AT_FILE, LISTED, Lacks, Refused, first_line

try:
    import torch
except ImportError as error:
    raise Lacks(
        f"TorchScript files need a package that is not here: {error.name}",
        hint="name under model.python (init: --python PATH) the Python of an environment that has torch, or export the "
        f"network {AS_ONNX}",
    ) from error

WHOLE = (
    f"a file of weights alone holds no network: write it with torch.jit.script(model).save('model.pt'), or {AS_ONNX}"
)


class Network(Opened):
    """A network that takes a matrix of the declared columns, and answers with one number a row."""

    near = 1e-5

    def __init__(self, network: Any, asked: Asked) -> None:
        """Take an opened network and what is declared; raises Refused where its columns are not."""
        if not asked.order:
            raise Refused("a network does not know its columns by name", "model.columns", LISTED)
        self._network, self.features, self.probability = network, asked.order, asked.positive is not None
        weights = [each for each in network.parameters() if each.is_floating_point()]
        self._kind = weights[0].detach().numpy().dtype if weights else np.dtype(np.float32)

    def frame(self, columns: Columns) -> Any:
        """Return the rows as a matrix in the type of the weights; raises ValueError for texts."""
        if texts := [name for name in self.features if columns[name].dtype == object]:
            raise ValueError(f"column {texts[0]} holds texts, and a network takes numbers")
        return np.column_stack([columns[name] for name in self.features]).astype(self._kind)

    def answers(self, frame: Any) -> Any:
        """Return what the network answers; there is no design."""
        with torch.no_grad():
            return self._network(torch.from_numpy(frame)).detach().numpy(), None


def open_model(asked: Asked) -> Network:
    """Open a trusted file; raises Refused for what is no TorchScript."""
    torch.set_num_threads(1)
    try:
        network = torch.jit.load(io.BytesIO(asked.content), map_location="cpu")
    except RuntimeError as error:
        raise Refused(f"the TorchScript file cannot be opened: {first_line(error)}", AT_FILE, WHOLE) from error
    return Network(network.eval(), asked)
