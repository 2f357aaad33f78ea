"""Takes a page for print, gives its tables fixed column widths: laid out once instead of measured cell by cell.

The widths are what automatic layout aims at: no column narrower than its longest word, the rest of the line shared
by how much each column has to say. They come from the text alone, so that the same page has the same widths.
"""

from __future__ import annotations

import html
import re

TABLE = re.compile(r"<table(?P<tag>[^>]*)>(?P<body>.*?)</table>", re.DOTALL)
ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd](?P<tag>[^>]*)>(?P<text>.*?)</t[hd]>", re.DOTALL)
LINE = re.compile(r"<small>|<br>|</p>|</li>")
MARKUP = re.compile(r"<[^>]*>")
BREAK = re.compile(r"[ \u200b]|(?<=[-–—/])")
LINE_WIDTH = 118
"""Letters of table text on a line of portrait print."""
LONGEST, WIDEST_WORD = 70, 22
"""A text counts no longer than this, and a word no wider: names in code type may break."""
CODE = 1.2
"""Width of a letter in code type against one of the text."""
PADDING = 3.4
Widths = tuple[float, float]


def fixed(page: str) -> str:
    """Return the page with a column width for every column of its plain tables, and the style that applies them."""
    used: set[int] = set()

    def settle(found: re.Match[str]) -> str:
        shares = _shares(found["body"])
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
    columns = [
        (max(least for least, _ in column), max(most for _, most in column)) for column in zip(*rows, strict=True)
    ]
    return _whole(_spread(columns))


def _cell(cell: re.Match[str]) -> Widths:
    """Return the widths of a cell's longest word and longest line, in letters."""
    factor = CODE if "<code" in cell["text"] else 1.0
    lines = [html.unescape(MARKUP.sub("", line)).strip() for line in LINE.split(cell["text"])]
    word = max((len(word) for line in lines for word in BREAK.split(line)), default=0) * factor
    line = max((len(line) for line in lines), default=0) * factor
    least = min(word, WIDEST_WORD) + PADDING
    return least, max(min(line, LONGEST) + PADDING, least)


def _spread(columns: list[Widths]) -> list[float]:
    """Return the width of each column: its least, and a share of what is left by how much more it could use."""
    least, most = sum(c[0] for c in columns), sum(c[1] for c in columns)
    if most <= LINE_WIDTH or most == least:
        return [c[1] for c in columns]
    left = max(LINE_WIDTH - least, 0.0)
    return [c[0] + left * (c[1] - c[0]) / (most - least) for c in columns]


def _whole(widths: list[float]) -> list[int]:
    """Return the widths in whole percent of their sum; what rounding leaves goes to the widest."""
    total = sum(widths)
    shares = [max(1, int(100 * width / total)) for width in widths]
    shares[widths.index(max(widths))] += 100 - sum(shares)
    return shares
