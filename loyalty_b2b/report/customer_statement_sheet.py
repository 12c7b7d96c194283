"""The statement of a wallet as a spreadsheet."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence

import xlsxwriter

Row = Mapping[str, object]


def write_sheet(
    head: Sequence[tuple[str, str]],
    figures: Sequence[Row],
    captions: Sequence[tuple[str, str]],
    rows: Sequence[Row],
    *,
    last: datetime.date,
    digits: int,
) -> bytes:
    """Return the bytes of an xlsx file; the same for the same values.

    :param head: label and text of the lines above
    :param figures: label, number and amount of each
    :param captions: key of the rows and caption of each column
    :param last: last day, written as the day on which the file was made
    :param digits: decimal places of money
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # the clock is to leave no trace in the file
        book.set_properties(
            {"created": datetime.datetime.combine(last, datetime.time(12))}
        )
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        points = book.add_format({"num_format": "#,##0"})
        places = "." + "0" * digits if digits else ""
        money = book.add_format({"num_format": "#,##0" + places})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        formats = {"bold": bold, "points": points, "money": money, "day": day}
        top = _write_head(sheet, head, bold)
        top = _write_figures(sheet, top, figures, formats)
        _write_rows(sheet, top + 1, captions, rows, formats)
        sheet.set_column(0, len(captions), 18)
    return content.getvalue()


def _write_figures(sheet, top: int, figures: Sequence[Row], formats) -> int:
    """Write the sums; return the next row."""
    for row, figure in enumerate(figures, start=top):
        sheet.write_string(row, 0, str(figure["label"]))
        sheet.write_number(row, 1, figure["number"], formats["points"])
        if figure["worth"]:
            sheet.write_number(row, 2, figure["amount"], formats["money"])
    return top + len(figures)


def _write_rows(sheet, top: int, captions, rows: Sequence[Row], formats) -> None:
    """Write what happened below its captions."""
    for column, (_key, caption) in enumerate(captions):
        sheet.write_string(top, column, caption, formats["bold"])
    for number, row in enumerate(rows, start=top + 1):
        for column, (key, _caption) in enumerate(captions):
            value = row[key]
            if isinstance(value, datetime.date):
                sheet.write_datetime(number, column, value, formats["day"])
            elif isinstance(value, int):
                sheet.write_number(number, column, value, formats["points"])
            else:
                sheet.write_string(number, column, str(value))


def _write_head(sheet, head: Sequence[tuple[str, str]], bold) -> int:
    """Write what stands above; return the next row."""
    for row, (label, text) in enumerate(head):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text)
    return len(head) + 1
