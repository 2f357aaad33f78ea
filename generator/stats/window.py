"""Takes the days of a window and the step of the data, gives how far the window reaches back."""

import math


def span(window: int, step: int) -> tuple[int, int]:
    """Return the days that lie in a window, counted back from its last, and the days before the first full one.

    Data of every `step` days, such as weekly ones, lie in a window that is no whole number of steps as if it were.
    """
    reach = max(1.0, window - (step - 1) / 2)
    return math.ceil(reach), max(0, math.ceil(reach - (step + 1) / 2))
