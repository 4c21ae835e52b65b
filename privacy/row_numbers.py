"""Keys of rows as forms send them."""

LONGEST = 19  # figures: with fewer, every number fits into a column for keys


def row_number(text: str) -> int | None:
    """The key of a row; None for what no table has, such as a number that is too long for any."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST else None
