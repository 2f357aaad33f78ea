"""Takes the path of a file that is not the rows, gives its bytes or its text within bounds, or what is wrong with it.

The bounds: a regular file, no more than so many bytes, no more than so many when it is unpacked.
"""

import bz2
import codecs
import io
import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generator.errors import InputError

MEGABYTE = 1_000_000
MODEL_BYTES = 500 * MEGABYTE
"""The most that a model file may have."""
KINDS = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISFIFO, "is a pipe, not a file"),
    (stat.S_ISSOCK, "is a socket, not a file"),
    (stat.S_ISCHR, "is a device, not a file"),
    (stat.S_ISBLK, "is a device, not a file"),
)
PACKED: tuple[tuple[bytes, Callable[[], Any]], ...] = (
    (b"\x1f\x8b", lambda: zlib.decompressobj(wbits=31)),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\x00", lzma.LZMADecompressor),
)
"""First bytes of a packed stream → what unpacks it."""
ABSENT = "does not exist"
PIECE = 1 << 20


def unfit(path: Path) -> str:
    """Return why a path names no file that could be read, to stand behind "which"; nothing where it names one."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return _refusal(error)
    except ValueError:
        return "is no name of a file"
    return _unfit(mode)


def check_file(path: Path, *, name: str = "", hint: str = "") -> None:
    """Raise InputError, about `name`, when a path names no file that could be read."""
    if wrong := unfit(path):
        raise _refused(wrong, name or str(path), hint)


def read_file(path: Path, *, most: int, name: str = "", hint: str = "") -> bytes:
    """Return the bytes of a regular file of at most `most`; raises InputError, about `name`, for anything else.

    Nothing is waited for: a pipe without a writer is refused like any other, and so is a file that never ends.
    """
    where = name or str(path)
    check_file(path, name=name, hint=hint)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        content, wrong = _content(handle, most)
    except OSError as error:
        raise _refused(_refusal(error), where, hint) from error
    if wrong:
        raise _refused(wrong, where, hint)
    if content is None:
        raise InputError(
            f"the file is larger than {most / MEGABYTE:g} MB, the most that is read here",
            where=where,
            hint=hint or "is it the file that is meant?",
        )
    return content


def read_folder(path: Path, *, most: int, name: str, hint: str = "") -> bytes:
    """Return all files of a folder as one archive, always of the same bytes; raises InputError like `read_file`.

    Of links only those are followed that end inside the folder.
    """
    packed, left = io.BytesIO(), most
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(each for each in path.rglob("*") if not each.is_dir()):
            inner = file.relative_to(path).as_posix()
            if not file.resolve().is_relative_to(path.resolve()):
                what = f"the folder holds {inner}, a link out of it"
                raise InputError(what, where=name, hint="copy the folder whole, with what its links name")
            content = read_file(file, most=left, name=f"{name}/{inner}", hint=hint)
            archive.writestr(zipfile.ZipInfo(inner), content)
            left -= len(content)
    return packed.getvalue()


def read_text(path: Path, *, most: int, name: str = "", hint: str = "") -> str:
    """Return the text of such a file, which has to be UTF-8; raises InputError like `read_file`."""
    return as_text(read_file(path, most=most, name=name, hint=hint), name or str(path))


def as_text(content: bytes, where: str) -> str:
    """Return bytes as text; raises InputError when they are not UTF-8."""
    plain = content.removeprefix(codecs.BOM_UTF8)
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"the file is not UTF-8 text: the byte 0x{plain[error.start]:02x} cannot stand in it"
        raise InputError(what, where=where, hint="save the file as UTF-8") from error


def unpacked(content: bytes, *, most: int, where: str, hint: str) -> bytes:
    """Return what gzip, bzip2 or xz packed, as it is where nothing did; raises InputError beyond `most` bytes."""
    opener = next((opener for sign, opener in PACKED if content.startswith(sign)), None)
    if opener is None:
        return content
    found, rest = bytearray(), content
    try:
        while rest:
            stream = opener()
            rest = _drained(stream, rest, found, most)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise InputError(f"the packed file cannot be read: {error}", where=where, hint=hint) from error
    if len(found) > most:
        raise InputError(f"the file unpacks to more than {most / MEGABYTE:g} MB", where=where, hint=hint)
    return bytes(found)


def check_archive(content: bytes, *, most: int, where: str, hint: str) -> None:
    """Raise InputError when what a zip archive says it holds is more than `most` bytes, or it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(f"the archive cannot be read: {error}", where=where, hint=hint) from error
    if size > most:
        raise InputError(f"the archive unpacks to more than {most / MEGABYTE:g} MB", where=where, hint=hint)


def _content(handle: int, most: int) -> tuple[bytes | None, str]:
    """Return the bytes of an open file, None for more than `most`, and why it is none; then it is closed."""
    try:
        found = os.fstat(handle)
        if wrong := _unfit(found.st_mode):  # it was exchanged since it was looked at
            return None, wrong
        pieces, left = [], 0 if found.st_size > most else most + 1
        while left and (piece := os.read(handle, min(left, found.st_size + PIECE))):
            pieces.append(piece)
            left -= len(piece)
    finally:
        os.close(handle)
    return (b"".join(pieces) if left else None), ""


def _drained(stream: Any, content: bytes, found: bytearray, most: int) -> bytes:
    """Unpack one stream into `found`, no further than just beyond `most`; return what stands behind the stream."""
    piece = content
    while not stream.eof and len(found) <= most:
        before = len(found)
        found += stream.decompress(piece, PIECE)
        piece = getattr(stream, "unconsumed_tail", b"")
        if not stream.eof and len(found) == before and not piece:
            raise EOFError("it is cut short")
    rest: bytes = stream.unused_data if stream.eof else b""
    return rest if any(rest.startswith(sign) for sign, _ in PACKED) else b""


def _unfit(mode: int) -> str:
    return next((words for holds, words in KINDS if holds(mode)), "")


def _refusal(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return ABSENT
    return f"cannot be read ({error.strerror or error})"


def _refused(wrong: str, where: str, hint: str) -> InputError:
    what = {ABSENT: "there is no such file"}.get(wrong) or f"this {wrong}"
    return InputError(what, where=where, hint=hint or "name a file that can be read")
