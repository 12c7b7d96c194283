"""Read a small table that somebody uploads: .xlsx or .csv, as plain rows."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Sequence

import openpyxl

from ..tools.cells import Cell

MOST_BYTES = 10 * 2**20
MOST_ROWS = 50_000
MOST_COLUMNS = 50
DELIMITERS = ";,\t"


class SheetError(ValueError):
    """A file that cannot be read as a table; ``fault`` says why.

    ``size``, ``rows``, ``kind`` (neither .xlsx nor .csv), ``broken``.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def read_rows(content: bytes, name: str) -> list[tuple[int, list[Cell]]]:
    """Return the rows of a file that are not empty, with their numbers from 1.

    :param bytes content: of the file; of a workbook the first sheet is read
    :param str name: its end tells the kind of the file
    :raises SheetError: if the file is too large, or no table

    >>> read_rows(b"a;b\\n\\n1; x ", "list.csv")
    [(1, ['a', 'b']), (3, ['1', 'x'])]
    """
    if len(content) > MOST_BYTES:
        raise SheetError("size")
    if name.lower().endswith(".xlsx"):
        rows = _read_workbook(content)
    elif name.lower().endswith(".csv"):
        rows = _read_text(content)
    else:
        raise SheetError("kind")
    found = []
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise SheetError("rows")
        cells = [_clean(cell) for cell in row[:MOST_COLUMNS]]
        if any(cell not in (None, "") for cell in cells):
            found.append((number, cells))
    return found


def _read_workbook(content: bytes) -> list[Sequence[Cell]]:
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True
        )
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(
            max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True
        )
        return list(rows)
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError) as error:
        raise SheetError("broken") from error


def _read_text(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1250", errors="replace")
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise SheetError("broken") from error


def _clean(cell: Cell) -> Cell:
    if isinstance(cell, datetime.datetime):
        return cell.date()
    return cell.strip() if isinstance(cell, str) else cell
