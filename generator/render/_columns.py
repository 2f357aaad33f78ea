"""Takes a page for print, gives its tables fixed column widths: laid out once instead of measured cell by cell.

The widths are what automatic layout aims at: no column narrower than its longest word, the rest of the line shared
by how much each column has to say. They come from the text alone, so that the same page has the same widths.
"""

import html
import math
import re

TABLE = re.compile(r"<table(?P<tag>[^>]*)>(?P<body>.*?)</table>", re.DOTALL)
ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<(?P<tag>t[hd][^>]*)>(?P<text>.*?)</t[hd]>", re.DOTALL)
LINE = re.compile(r"<small>|<br>|</p>|</li>")
MARKUP = re.compile(r"<[^>]*>")
BREAK = re.compile(r"[ \u200b]|(?<=[-–—/])(?!\d)")
SIGNS = re.compile(r"[ \u200b]|(?<=[-–—/._])(?=\w)")
"""Where a text may break, and where one in code type may."""
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
Widths = tuple[float, float, float]
"""In letters: the longest word, below which one is broken; what keeps figures and names together; the longest line."""


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
    rules = "".join(f"col.w{share}{{width:{share / 10:g}%}}" for share in sorted(used))
    return settled.replace("</style>", f".fixed{{table-layout:fixed}}{rules}</style>", 1)


def _shares(body: str) -> list[int]:
    """Return thousandths that add up to one; none for a table whose cells span columns."""
    if "colspan" in body or "<col" in body:
        return []
    rows = [[_cell(cell) for cell in CELL.finditer(row)] for row in ROW.findall(body)]
    if len({len(row) for row in rows}) != 1 or len(rows[0]) < 2:
        return []
    columns = [_column(list(cells)) for cells in zip(*rows, strict=True)]
    return _whole(_spread(columns))


def _cell(cell: re.Match[str]) -> Widths:
    is_code = "<code" in cell["text"]
    factor = CODE if is_code else STATUS if SHAPED.search(cell["tag"]) else 1.0
    factor = HEAD if 'scope="col"' in cell["tag"] else factor
    lines = [html.unescape(MARKUP.sub("", line)).strip() for line in LINE.split(cell["text"])]
    line = max((len(line) for line in lines), default=0) * factor
    breaks = SIGNS if is_code else BREAK
    word = min(max((len(word) for line in lines for word in breaks.split(line)), default=0) * factor, WIDEST_WORD)
    together = WHOLE.search(cell["tag"]) or is_code or (line <= TOGETHER and "td" in cell["tag"])
    least = max(min(line if together else word, WIDEST_WORD), word) + PADDING
    return word + PADDING, least, max(min(line, LONGEST) + 6 * max(line - LONGEST, 0) ** 0.5 + PADDING, least)


def _column(cells: list[Widths]) -> Widths:
    """Return the widths that all cells need, and for the last what most lines want: a few long ones may wrap."""
    word, least, most = (max(widths) for widths in zip(*cells, strict=True))
    usual = 1.25 * math.sqrt(sum(line * line for _, _, line in cells) / len(cells))
    return word, least, max(least, min(most, usual))


def _spread(columns: list[Widths]) -> list[float]:
    """Return the width of each column: its least, and a share of what is left by how much more it could use.

    Where the line does not hold what keeps figures and names together, no column gets less than its longest word.
    """
    line = next(width for count, width in LINE_WIDTHS if len(columns) <= count)
    word, least, most = (sum(widths) for widths in zip(*columns, strict=True))
    if most <= line or most == word:
        return [c[2] for c in columns]
    if least <= line < most:
        return [c[1] + (line - least) * (c[2] - c[1]) / (most - least) for c in columns]
    left = max(line - word, 0.0)
    return [c[0] + left * (c[1] - c[0]) / max(least - word, 1.0) for c in columns]


def _whole(widths: list[float]) -> list[int]:
    """Return the widths in thousandths of their sum; what rounding leaves goes to the widest."""
    total = sum(widths)
    shares = [max(1, int(1000 * width / total)) for width in widths]
    shares[widths.index(max(widths))] += 1000 - sum(shares)
    return shares
