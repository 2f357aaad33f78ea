"""An import-linter contract: the public modules of a folder do not import one another."""

from typing import cast

from grimp import ImportGraph
from importlinter import ContractCheck, fields
from importlinter.contracts.independence import IndependenceContract
from importlinter.domain.imports import ModuleExpression

SHARED = ("found", "facts")
"""Files of a room that are no plugins: its result, and how that is printed."""


class PluginsContract(IndependenceContract):
    """Independence of the plugins in each of `folders`; modules that begin with an underscore and `SHARED` are none.

    import-linter's own contract knows no exception for a folder's private kit, and would hold two folders
    apart that may build on each other.
    """

    type_name = "plugins"

    folders = fields.ListField(subfield=fields.StringField())
    modules = fields.SetField(subfield=fields.ModuleExpressionField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Check one folder after the other and join what they found."""
        checks = [self._check_folder(graph, folder, verbose) for folder in cast("list[str]", self.folders)]
        first = checks[0]
        first.kept = all(check.kept for check in checks)
        first.metadata["invalid_chains"] = [chain for check in checks for chain in check.metadata["invalid_chains"]]
        return first

    def _check_folder(self, graph: ImportGraph, folder: str, verbose: bool) -> ContractCheck:
        if folder not in graph.modules:
            raise ValueError(f"Folder '{folder}' does not exist.")
        names = {child: child.rpartition(".")[2] for child in graph.find_children(folder)}
        plugins = [child for child, name in names.items() if not name.startswith("_") and name not in SHARED]
        expressions = {ModuleExpression(plugin) for plugin in plugins}
        self.modules = expressions  # type: ignore[assignment]  # the options' fields hold plain values by now
        return super().check(graph, verbose)
