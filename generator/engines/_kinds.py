"""The first bytes of a file → what kind of file it is; what cannot be read is named, with a way that works."""

import gzip
import re
import zipfile
from pathlib import Path
from typing import Literal

from generator.engines import SourceTable, is_delta
from generator.errors import InputError

Kind = Literal[
    "csv", "json", "array", "parquet", "arrow", "orc", "excel", "zip", "folder", "delta", "database", "store"
]
SUFFIXES: dict[str, Kind] = {".parquet": "parquet", ".pq": "parquet", ".jsonl": "json", ".ndjson": "json"}
"""Formats of files whose first bytes tell nothing."""
LOOKED_AT = 4096
MAGIC: dict[bytes, Kind] = {
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"\xff\xff\xff\xff": "arrow",
    b"ORC": "orc",
    b"\xd0\xcf\x11\xe0": "excel",
}
PARQUET = "write it as Parquet where it was made, such as df.to_parquet('rows.parquet')"
FOREIGN = {
    b"\x80": ("a pickle, which runs any code it carries", PARQUET),
    b"\x89HDF": ("an HDF5 file", PARQUET),
    b"\x93NUMPY": ("an array of NumPy", PARQUET),
    b"FEA1": ("a Feather file of the first version", PARQUET),
    b"PK\x05\x06": ("a zip without any file in it", "pack the table into it, or give the table itself"),
    b"SQLite format 3": (
        "a SQLite database",
        "export the table as CSV: sqlite3 -header -csv FILE 'select …' > rows.csv",
    ),
    b"Obj\x01": ("an Avro file", PARQUET),
    b"RDX": ("an R workspace", "in R: write.csv(rows, 'rows.csv', row.names = FALSE)"),
    b"RDA": ("an R workspace", "in R: write.csv(rows, 'rows.csv', row.names = FALSE)"),
    b"X\n\x00": ("an R object", "in R: write.csv(rows, 'rows.csv', row.names = FALSE)"),
    b"$FL": ("an SPSS file", "pandas reads it: pd.read_spss('FILE').to_parquet('rows.parquet')"),
    b"<stata_dta>": ("a Stata file", "pandas reads it: pd.read_stata('FILE').to_parquet('rows.parquet')"),
    b"%PDF": ("a PDF", "export the table itself as CSV"),
    b"7z\xbc\xaf": ("a 7-Zip archive", "unpack it"),
    b"\x1f\x8b": ("packed twice", "unpack it once: gunzip FILE"),
    b"\xfd7zXZ": ("packed by xz", "unpack it: unxz FILE"),
    b"BZh": ("packed by bzip2", "unpack it: bunzip2 FILE"),
    b"\x28\xb5\x2f\xfd": ("packed by Zstandard", "unpack it: unzstd FILE"),
    b"version https://git-lfs": ("a pointer of Git LFS, not the file itself", "fetch it: git lfs pull"),
    b"<?xml": ("an XML file", "export the table as CSV"),
}
"""How files begin that are no tables which can be read: what they are, and what to do."""
WORD = rb'"(?:[^"\\]|\\.)*"'
ORIENT = {
    "split": rb'\{\s*"columns"\s*:\s*\[',
    "table": rb'\{\s*"schema"\s*:\s*\{\s*"fields"\s*:',
    "index": rb'\{\s*"\d+"\s*:\s*\{\s*"',
    "columns": rb"\{\s*" + WORD + rb'\s*:\s*\{\s*"\d+"\s*:',
}
"""How the JSON of a whole frame of pandas begins, by the `orient` that it was written with."""
NAMED = "without a name for each value: put the names of the columns, in their order, for A, B, C"
LISTS = (
    (
        rb"\[\s*\[\s*" + WORD + rb"(?:\s*,\s*" + WORD + rb")*\s*\]",
        "lists, the first of them with the names",
        "orient='values', dtype=False).pipe(lambda d: d[1:].set_axis(d.iloc[0], axis=1).infer_objects())",
    ),
    (rb"\[\s*\[", f"lists {NAMED}", "orient='values', dtype=False).set_axis(['A', 'B', 'C'], axis=1)"),
    (rb"\[[^][{}]*\]\s*\[", f"lists {NAMED}", "lines=True, dtype=False).set_axis(['A', 'B', 'C'], axis=1)"),
)
"""How JSON begins in which a row is a list: what it is, and how pandas reads it."""
READ = "CSV, Parquet, JSON, Arrow, ORC and Excel files are read, and a zip of one of them"


def kind_of(table: SourceTable) -> Kind:
    """Return the kind of a table's files, which is one; raises InputError for what cannot be read."""
    if table.database or table.store:
        return "database" if table.database else "store"
    kinds = {_kind(file) for file in table.files}
    if len(kinds) > 1:
        raise InputError(
            f"the files are of different formats: {', '.join(sorted(kinds))}",
            where=table.name,
            hint="write a pattern that matches one of them, such as rows/*.csv",
        )
    (kind,) = kinds
    return kind


def is_packed(file: Path) -> bool:
    """Return whether a file is packed by gzip, by its name or its first bytes."""
    return file.suffix.lower() == ".gz" or _first(file).startswith(b"\x1f\x8b")


def _kind(file: Path) -> Kind:
    if file.is_dir():
        return "delta" if is_delta(file) else "folder"
    first = _first(file)
    if first.startswith(b"\x1f\x8b"):
        first = _unpacked(file)
    if first.startswith(b"PK\x03\x04"):
        return _archive(file)
    found = next((kind for sign, kind in MAGIC.items() if first.startswith(sign)), None)
    if found:
        return found
    _refuse(file, first)
    return _text(file, first)


def _first(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LOOKED_AT)


def _unpacked(file: Path) -> bytes:
    try:
        with gzip.open(file) as opened:
            return opened.read(LOOKED_AT)
    except (OSError, EOFError):
        return b""


def _archive(file: Path) -> Kind:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        hint = "pack it again, or give the table itself"
        raise InputError(f"the zip cannot be read: {error}", where=file.name, hint=hint) from error
    books = {"xl/workbook.xml", "xl/workbook.bin"}
    return "excel" if books & set(names) or "content.xml" in names else "zip"


def _refuse(file: Path, first: bytes) -> None:
    """Raise InputError for the beginning of a file that is no table."""
    begun = first.lstrip().lower()
    if begun.startswith((b"<html", b"<!doctype", b"<table")):
        what, hint = "a web page", "was it a page to log in? save the table itself, as CSV"
    else:
        found = next((told for sign, told in FOREIGN.items() if first.startswith(sign)), _of_pandas(first))
        if found is None:
            return
        what, hint = found
    raise InputError(f"the file is {what}; {READ}", where=file.name, hint=hint.replace("FILE", file.name))


def _of_pandas(first: bytes) -> tuple[str, str] | None:
    """Return what JSON of a whole frame is and how rows are made of it; None for other files."""
    begun = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    frames = (
        (pattern, f'a whole frame, as pandas writes it with orient="{name}"', f"orient='{name}', dtype=False)")
        for name, pattern in ORIENT.items()
    )
    for pattern, what, read in (*frames, *LISTS):
        if re.match(pattern, begun):
            how = f"pd.read_json('FILE', {read}.to_parquet('rows.parquet', index=False)"
            return f"JSON of {what}", f"pandas reads it: {how}"
    return None


def _text(file: Path, first: bytes) -> Kind:
    """Return the kind of a file of text: the signs that JSON begins with, else its suffix."""
    suffix = Path(file.name.lower().removesuffix(".gz")).suffix
    begun = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begun.startswith(b"[") and begun[1:].lstrip()[:1] in {b"{", b"]", b""}:
        return "array"
    if begun.startswith(b"{") and begun[1:].lstrip()[:1] in {b'"', b"}"}:
        return "json"
    return SUFFIXES.get(suffix, "csv")
