"""Native charts: the interval of each scale."""

from typing import Any

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import NumDataSource, NumRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties

# Wide enough for the titles of the scales, and as high as the scales need.
WIDTH_CM = 17.0
ROW_CM = 0.75


def interval_chart(ws: Any, title: str, first: int, last: int, columns: tuple[int, int, int, int]) -> Any:
    """A bar for each value with its interval.

    Args:
        ws: The sheet that holds the numbers.
        title: Of the chart.
        first: First row of the numbers.
        last: Their last row.
        columns: Columns of the names, the values, and the distances down and up to the limits.
    """
    names, values, down, up = columns
    chart: Any = BarChart()
    chart.type, chart.style = "bar", 10
    chart.title, chart.legend = title, None
    chart.width, chart.height = WIDTH_CM, 3.0 + ROW_CM * (last - first + 1)
    chart.gapWidth = 60
    # Rows that a filter hides stay in the chart.
    chart.visible_cells_only = False
    series = Series(Reference(ws, min_col=values, min_row=first, max_row=last), title="ICC")
    series.graphicalProperties = GraphicalProperties(solidFill="A9C4D6")
    series.errBars = ErrorBars(
        errBarType="both",
        errValType="cust",
        minus=_numbers(ws, down, first, last),
        plus=_numbers(ws, up, first, last),
        spPr=GraphicalProperties(ln=LineProperties(solidFill="1F3B4D", w=15875)),
    )
    chart.series.append(series)
    chart.set_categories(Reference(ws, min_col=names, min_row=first, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.number_format = ".0;-.0;0"
    chart.y_axis.majorUnit, chart.y_axis.scaling.max = 0.2, 1
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    # Axes vanish unless this is said.
    chart.x_axis.delete = chart.y_axis.delete = False
    return chart


def _numbers(ws: Any, column: int, first: int, last: int) -> NumDataSource:
    return NumDataSource(NumRef(f=str(Reference(ws, min_col=column, min_row=first, max_row=last))))


def share_chart(ws: Any, title: str, first: int, last: int, columns: tuple[int, int]) -> Any:
    """A bar for each share, from 0 to 100 percent.

    Args:
        ws: The sheet that holds the numbers.
        title: Of the chart.
        first: First row of the numbers.
        last: Their last row.
        columns: Columns of the names and of the shares.
    """
    names, values = columns
    chart: Any = BarChart()
    chart.type, chart.style = "bar", 10
    chart.title, chart.legend = title, None
    chart.width, chart.height = WIDTH_CM, 3.0 + ROW_CM * (last - first + 1)
    chart.gapWidth = 60
    chart.visible_cells_only = False
    series = Series(Reference(ws, min_col=values, min_row=first, max_row=last), title="Share")
    series.graphicalProperties = GraphicalProperties(solidFill="A9C4D6")
    chart.series.append(series)
    chart.set_categories(Reference(ws, min_col=names, min_row=first, max_row=last))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.number_format = "0%"
    chart.y_axis.majorUnit, chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0.1, 0, 1
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    chart.x_axis.delete = chart.y_axis.delete = False
    return chart
