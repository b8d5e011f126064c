"""How do the compared look side by side? Each one's requests/s in each work, of the fastest one's."""

import pygal
from pygal.style import Style

from bench.measure import Figures
from bench.work import PEERS

_COLOURS = {"product": "#0b6e4f", "handwritten": "#9aa5b1", "postgraphile": "#e07a2f", "orm": "#5b7db1"}


def draw(figures: dict[tuple[int, str], dict[str, Figures]]) -> bytes:
    """The picture, as SVG without scripts or fonts from elsewhere."""
    peers = [peer for peer in PEERS if any(peer in found for found in figures.values())]
    chart = pygal.Bar(
        js=[],
        width=1100,
        height=480,
        title="Requests a second, of the fastest of each (100)",
        range=(0, 100),
        legend_at_bottom=True,
        legend_at_bottom_columns=len(peers),
        print_values=True,
        print_values_position="top",
        formatter=lambda value: f"{value:.0f}" if value is not None else "",
        x_label_rotation=20 if len(figures) > 6 else 0,
        no_prefix=True,
        disable_xml_declaration=True,
        style=Style(
            background="white",
            plot_background="white",
            font_family="sans-serif",
            colors=tuple(_COLOURS[peer] for peer in peers),
            value_font_size=11,
            label_font_size=12,
            legend_font_size=14,
            title_font_size=16,
            opacity="1",
        ),
    )
    chart.x_labels = [f"{name}, {size:,}" for size, name in figures]
    fastest = [max(each.per_second for each in found.values()) for found in figures.values()]
    for peer in peers:
        bars = zip(figures.values(), fastest, strict=True)
        chart.add(
            PEERS[peer],
            [(100 * found[peer].per_second / top if peer in found else None) for found, top in bars],
        )
    rendered: str | bytes = chart.render()
    return rendered.encode() if isinstance(rendered, str) else rendered
