"""CSV that a person opens in a spreadsheet: no cell of it is run as a formula."""

# What a spreadsheet takes for a formula, or hides one behind.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(value: object) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.lstrip(" \u3000").startswith(FORMULA) else text
