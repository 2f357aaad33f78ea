"""Takes the PDFs of a bundle, gives them as one: a reading copy with one outline, its links, tags and the originals."""

import datetime
import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from generator.render._attached import Attached, attach


@dataclass(frozen=True, kw_only=True)
class PdfPart:
    """One PDF of the copy; `name` is its file, by which links from other parts find it."""

    name: str
    title: str
    content: bytes
    is_kept: bool = True
    """Whether the file itself is attached."""


def combined(parts: Sequence[PdfPart], title: str, day: datetime.date) -> bytes:
    """Return one PDF of all parts in order, the same bytes every time; `day` dates what is attached.

    Links between the parts become links within; each part keeps its tags, its bookmarks and the names of its places.
    """
    import pikepdf

    with pikepdf.new() as whole:
        begun = _Begun(whole)
        for part in parts:
            with pikepdf.open(io.BytesIO(part.content)) as source:
                begun.add(part, source)
        begun.finish(title)
        records = [_record(part) for part in parts if part.is_kept]
        attach(whole, records, day)
        written = io.BytesIO()
        whole.save(
            written, deterministic_id=True, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.generate
        )
        return written.getvalue()


class _Begun:
    """A PDF that grows by parts; what is numbered or named in one part is so in the whole."""

    def __init__(self, whole: Any) -> None:
        self.whole = whole
        self.first: dict[str, Any] = {}
        """The first page of each part, by its file."""
        self.elements: list[Any] = []
        self.parents: list[Any] = []
        self.places: dict[str, Any] = {}
        self.bookmarks: list[Any] = []
        self.labels: list[Any] = []
        self.fields: list[Any] = []

    def add(self, part: PdfPart, source: Any) -> None:
        """Append the pages of a part with all that belongs to them."""
        import pikepdf

        start = len(self.whole.pages)
        with warnings.catch_warnings():  # fields and names of places come below
            warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
            self.whole.pages.extend(source.pages)
        pages = list(self.whole.pages)[start:]
        self.first[part.name] = pages[0].obj
        root = source.Root
        tags = self._copied(source, root.StructTreeRoot)
        shift = max(self.parents[::2], default=-1) + 1
        for page in pages:
            _shift(page.obj, "/StructParents", shift)
            for annotation in page.obj.get("/Annots", []):
                _shift(annotation, "/StructParent", shift)
                self._name_place(annotation, part)
        numbers = tags.ParentTree.Nums
        for place in range(0, len(numbers), 2):
            self.parents += [int(numbers[place]) + shift, numbers[place + 1]]
        self.elements += list(tags.K) if isinstance(tags.K, pikepdf.Array) else [tags.K]
        names = root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
        for place in range(0, len(names), 2):
            self.places[f"{part.name}#{names[place]}"] = self._copied(source, names[place + 1])
        self.bookmarks += _siblings(self._copied(source, root.Outlines).First)
        self.labels += [start, pikepdf.Dictionary(S=pikepdf.Name.D, P=pikepdf.String(f"{part.title} "))]
        self._take_fields(part, source)
        if "/OutputIntents" not in self.whole.Root:
            for key in ("/OutputIntents", "/Lang", "/MarkInfo", "/ViewerPreferences", "/Metadata"):
                if key in root:
                    self.whole.Root[key] = self._copied(source, root[key])

    def finish(self, title: str) -> None:
        """Write what is one for all parts: tags, names of places, bookmarks, numbers of pages, fields, links."""
        import pikepdf

        whole, root = self.whole, self.whole.Root
        tags = whole.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
        for element in self.elements:
            element.P = tags
        tags.K = pikepdf.Array(self.elements)
        tags.ParentTree = whole.make_indirect(pikepdf.Dictionary(Nums=pikepdf.Array(self.parents)))
        tags.ParentTreeNextKey = max(self.parents[::2]) + 1
        root.StructTreeRoot = tags
        names = [
            part for name in sorted(self.places, key=str.encode) for part in (pikepdf.String(name), self.places[name])
        ]
        root.Names = pikepdf.Dictionary(Dests=pikepdf.Dictionary(Names=pikepdf.Array(names)))
        root.PageLabels = pikepdf.Dictionary(Nums=pikepdf.Array(self.labels))
        root.PageMode = pikepdf.Name.UseOutlines
        root.Outlines = self._outlines()
        if self.fields:
            root.AcroForm = whole.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array(self.fields)))
        for link in self._links():
            self._lead_within(link)
        with whole.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = title
        whole.docinfo["/Title"] = title

    def _copied(self, source: Any, value: Any) -> Any:
        """Return a value of a part in the whole; pages that it speaks of are those that were copied."""
        held = value if value.is_indirect else source.make_indirect(value)
        return self.whole.copy_foreign(held)

    def _name_place(self, annotation: Any, part: PdfPart) -> None:
        import pikepdf

        if "/Dest" in annotation:
            annotation.Dest = pikepdf.String(f"{part.name}#{annotation.Dest}")

    def _take_fields(self, part: PdfPart, source: Any) -> None:
        """Keep the fields of a part under names of its own; a reading copy is not to be filled in or signed."""
        import pikepdf

        for page in list(self.whole.pages)[-len(source.pages) :]:
            for annotation in page.obj.get("/Annots", []):
                if annotation.get("/Subtype") == "/Widget":
                    annotation.T = pikepdf.String(f"{part.name}:{annotation.get('/T', '')}")
                    annotation.Ff = int(annotation.get("/Ff", 0)) | 1
                    if "/Lock" in annotation:
                        del annotation["/Lock"]
                    self.fields.append(annotation)

    def _outlines(self) -> Any:
        """Return the bookmarks of all parts, one part after the other."""
        import pikepdf

        top = self.whole.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Outlines))
        for each in self.bookmarks:
            each.Parent = top
        for before, after in pairwise(self.bookmarks):
            before.Next, after.Prev = after, before
        top.First, top.Last, top.Count = self.bookmarks[0], self.bookmarks[-1], len(self.bookmarks)
        return top

    def _links(self) -> Iterator[Any]:
        for page in self.whole.pages:
            for annotation in page.obj.get("/Annots", []):
                if annotation.get("/Subtype") == "/Link" and annotation.get("/A", {}).get("/S") == "/GoToR":
                    yield annotation

    def _lead_within(self, link: Any) -> None:
        """Turn a link to another file into one to its pages here; to a file that is not here it stays."""
        import pikepdf

        name, place = str(link.A.F), link.A.D
        if name not in self.first:
            return
        named = not isinstance(place, pikepdf.Array) and f"{name}#{place}" in self.places
        to = pikepdf.String(f"{name}#{place}") if named else pikepdf.Array([self.first[name], pikepdf.Name.Fit])
        link.A = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=to)


def _shift(thing: Any, key: str, by: int) -> None:
    if key in thing:
        thing[key] = int(thing[key]) + by


def _siblings(item: Any) -> Iterator[Any]:
    while item is not None:
        yield item
        item = item.get("/Next")


def _record(part: PdfPart) -> Attached:
    description = f"{part.title}, the document of record"
    return Attached(name=part.name, content=part.content, description=description, relation="Source")
