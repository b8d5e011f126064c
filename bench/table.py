"""How is a table of figures written, for the terminal and for a page?"""


def aligned(table: list[list[str]]) -> str:
    """A table in columns."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table
    )


def markdown(table: list[list[str]]) -> str:
    """A table for a page."""
    head, *body = ("| " + " | ".join(row) + " |" for row in table)
    rule = "|" + "|".join("---" if place == 0 else "---:" for place in range(len(table[0]))) + "|"
    return "\n".join([head, rule, *body])


def short(value: float) -> str:
    """Three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
