"""Takes a page for print, gives its tables fixed column widths: laid out once instead of measured cell by cell.

The widths are what automatic layout aims at: no column narrower than its longest word, the rest of the line shared
by how much each column has to say. They come from the text alone, so that the same page has the same widths.
"""

from __future__ import annotations

import html
import math
import re

TABLE = re.compile(r"<table(?P<tag>[^>]*)>(?P<body>.*?)</table>", re.DOTALL)
ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<(?P<tag>t[hd][^>]*)>(?P<text>.*?)</t[hd]>", re.DOTALL)
LINE = re.compile(r"<small>|<br>|</p>|</li>")
MARKUP = re.compile(r"<[^>]*>")
BREAK = re.compile(r"[ \u200b]|(?<=[-–—/])(?!\d)")
WHOLE = re.compile(r'td class="[ns]\b')
"""Cells that hold a figure or a status stand on one line."""
SHAPED = re.compile(r'td class="s\b')
OWN = re.compile(r'class="[^"]*\b(evidence|control|scorecard|sign|key)\b')
"""Tables whose widths stand in the style."""
LINE_WIDTHS = ((7, 122.0), (11, 134.0), (99, 148.0))
"""Columns a table has at most, and letters that a line of it then holds: tables of many columns are set smaller."""
LONGEST, WIDEST_WORD, TOGETHER = 70, 24, 15
"""From here on the length of a text counts less, a word counts no wider (names in code type may break), and up to
here a text, such as a name of two words, stands on one line."""
CODE, STATUS, HEAD = 1.2, 1.2, 1.12
"""Width of a letter in code type, of one of a status with its sign, and of a heading, against one of the text."""
PADDING = 3.0
Widths = tuple[float, float]


def fixed(page: str) -> str:
    """Return the page with a column width for every column of its plain tables, and the style that applies them."""
    used: set[int] = set()

    def settle(found: re.Match[str]) -> str:
        shares = [] if OWN.search(found["tag"]) else _shares(found["body"])
        if not shares:
            return found[0]
        used.update(shares)
        columns = "".join(f'<col class="w{share}">' for share in shares)
        tag = found["tag"]
        tag = tag.replace('class="', 'class="fixed ', 1) if 'class="' in tag else f'{tag} class="fixed"'
        caption, sign, rest = found["body"].rpartition("</caption>")
        return f"<table{tag}>{caption}{sign}<colgroup>{columns}</colgroup>{rest}</table>"

    settled = TABLE.sub(settle, page)
    rules = "".join(f"col.w{share}{{width:{share}%}}" for share in sorted(used))
    return settled.replace("</style>", f".fixed{{table-layout:fixed}}{rules}</style>", 1)


def _shares(body: str) -> list[int]:
    """Return whole percentages that add up to one hundred; none for a table whose cells span columns."""
    if "colspan" in body or "<col" in body:
        return []
    rows = [[_cell(cell) for cell in CELL.finditer(row)] for row in ROW.findall(body)]
    if len({len(row) for row in rows}) != 1 or len(rows[0]) < 2:
        return []
    columns = [_column(list(cells)) for cells in zip(*rows, strict=True)]
    return _whole(_spread(columns))


def _cell(cell: re.Match[str]) -> Widths:
    """Return the widths of a cell's longest word and longest line, in letters."""
    factor = CODE if "<code" in cell["text"] else STATUS if SHAPED.search(cell["tag"]) else 1.0
    factor = HEAD if 'scope="col"' in cell["tag"] else factor
    lines = [html.unescape(MARKUP.sub("", line)).strip() for line in LINE.split(cell["text"])]
    line = max((len(line) for line in lines), default=0) * factor
    word = max((len(word) for line in lines for word in BREAK.split(line)), default=0) * factor
    together = WHOLE.search(cell["tag"]) or (line <= TOGETHER and "td" in cell["tag"])
    least = min(line if together else word, WIDEST_WORD) + PADDING
    return least, max(min(line, LONGEST) + 6 * max(line - LONGEST, 0) ** 0.5 + PADDING, least)


def _column(cells: list[Widths]) -> Widths:
    """Return the width of the longest word, and the width most lines want: a few long ones may wrap."""
    least, most = max(word for word, _ in cells), max(line for _, line in cells)
    usual = 1.25 * math.sqrt(sum(line * line for _, line in cells) / len(cells))
    return least, max(least, min(most, usual))


def _spread(columns: list[Widths]) -> list[float]:
    """Return the width of each column: its least, and a share of what is left by how much more it could use."""
    least, most = sum(c[0] for c in columns), sum(c[1] for c in columns)
    line = next(width for count, width in LINE_WIDTHS if len(columns) <= count)
    if most <= line or most == least:
        return [c[1] for c in columns]
    left = max(line - least, 0.0)
    return [c[0] + left * (c[1] - c[0]) / (most - least) for c in columns]


def _whole(widths: list[float]) -> list[int]:
    """Return the widths in whole percent of their sum; what rounding leaves goes to the widest."""
    total = sum(widths)
    shares = [max(1, int(100 * width / total)) for width in widths]
    shares[widths.index(max(widths))] += 100 - sum(shares)
    return shares
