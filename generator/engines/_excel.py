"""A workbook of Excel or OpenDocument → its one sheet with rows as CSV: dates in ISO 8601, whole numbers whole."""

import csv
import datetime
from pathlib import Path
from typing import Any

from generator.errors import EnvironmentLacks, InputError

MOST_CELLS = 50_000_000
"""A workbook of a few kilobytes can unfold to more than a memory holds."""
SAVE = "save the sheet of rows as CSV, or as a workbook of its own"


def as_csv(file: Path, target: Path) -> Path:
    """Return `target` with the rows of a workbook; raises InputError for several sheets with rows, or none.

    Raises EnvironmentLacks without the package that reads workbooks.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise EnvironmentLacks(
            "Excel files need the package python-calamine",
            where=file.name,
            hint='pip install "deployment-dossier[excel]", or save the sheet as CSV',
        ) from error
    try:
        book = CalamineWorkbook.from_path(str(file))
        sheets = [sheet for name in book.sheet_names if (sheet := book.get_sheet_by_name(name)).height > 1]
    except (CalamineError, OSError) as error:
        raise InputError(f"the workbook cannot be read: {error}", where=file.name, hint=SAVE) from error
    if len(sheets) != 1:
        names = ", ".join(sheet.name for sheet in sheets) or "none"
        raise InputError(f"one sheet with rows is wanted, and these are there: {names}", where=file.name, hint=SAVE)
    (sheet,) = sheets
    if sheet.height * sheet.width > MOST_CELLS:
        what = f"the sheet {sheet.name} has {sheet.height} rows of {sheet.width} columns"
        raise InputError(what, where=file.name, hint="write so large a table as Parquet or CSV")
    with target.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerows([_plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True))
    return target


def _plain(cell: Any) -> Any:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, (datetime.date, datetime.time)) else cell
