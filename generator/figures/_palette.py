"""The colours of all figures: few, so that a style sheet can map each to a dark one by attribute selectors.

Colour never carries a status alone: tones have shapes too (`_marks`), and the heat map writes signs into strong cells.
"""

from generator.records.notation import Tone

INK = "#1f2933"
MUTED = "#52606d"
GREY = "#8c98a4"
RULE = "#c5ced6"
GRID = "#e4e9ed"
WASH = "#f3f5f7"
PAPER = "#ffffff"
ACCENT = "#1f5673"
ACCENT_MID = "#7fa6bb"
ACCENT_TINT = "#d5e3eb"
GOOD = "#2e7d4f"
CAUTION = "#b7791f"
BAD = "#b3261e"
GOOD_TINT = "#dcebe1"
CAUTION_TINT = "#f6e9cf"
BAD_TINT = "#f5d7d4"
BELOW = ("#f0dcc0", "#d9ae72", "#b07a30", "#7a4a10")
"""Below the reference, weak to strong."""
ABOVE = ("#cfe0e9", "#8fb6ca", "#4a87a5", "#123f58")
"""Above the reference, weak to strong."""

TONE_COLOURS: dict[Tone, str] = {"good": GOOD, "caution": CAUTION, "bad": BAD, "open": MUTED, "plain": GREY}
SERIES_COLOURS: dict[Tone, str] = {**TONE_COLOURS, "good": ACCENT}
"""For the points of a series: what is as it should be has the colour of the data."""
TONE_TINTS: dict[Tone, str] = {
    "good": GOOD_TINT,
    "caution": CAUTION_TINT,
    "bad": BAD_TINT,
    "open": WASH,
    "plain": WASH,
}
