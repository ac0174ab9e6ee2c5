"""Tables as CSV and XLSX files.

Rows are written as they are read, so memory stays bounded; a file above a megabyte waits on disk.
Text that a spreadsheet would take for a formula is given an apostrophe in front, since a customer's name is
somebody else's words. Dates are written as India does, DD-MM-YYYY; money passes through no float of ours.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Literal, cast

import xlsxwriter
from django.db import connection, transaction
from django.http import FileResponse, HttpResponse
from ninja import Router

from finetune.core.dates import INDIA
from finetune.core.http import publish_content

Format = Literal["json", "csv", "xlsx"]
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY_MAX = 1024 * 1024
SHEET_ROWS_MAX = 1_000_000
SHEET_NAME_MAX = 31
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet, or a part of a CSV file: its name, the titles of its columns, and rows that may be read only once."""

    name: str
    titles: tuple[str, ...]
    rows: Iterable[Sequence[Any]]


def guarded(text: str) -> str:
    """Text that no spreadsheet runs.

    >>> guarded("=1+1"), guarded("Asha")
    ("'=1+1", 'Asha')
    """
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text


def _plain(value: Any) -> str:
    """A cell of a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(INDIA):%d-%m-%Y %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return guarded(value) if isinstance(value, str) else str(value)


def write_csv(tables: Sequence[Table], file: IO[bytes]) -> None:
    """One table as it is; of several, each under its name and with an empty line before the next."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    for place, table in enumerate(tables):
        if len(tables) > 1:
            writer.writerows([[], [table.name]] if place else [[table.name]])
        writer.writerow(table.titles)
        writer.writerows([_plain(value) for value in row] for row in table.rows)
    text.detach()


def write_xlsx(tables: Iterable[Table], file: IO[bytes]) -> None:
    """A sheet for each table. What passes a sheet's length goes on in another."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        styles = {
            "title": book.add_format({"bold": True}),
            "date": book.add_format({"num_format": "dd-mm-yyyy"}),
            "instant": book.add_format({"num_format": "dd-mm-yyyy hh:mm:ss"}),
            "money": book.add_format({"num_format": "0.00"}),
        }
        for table in tables:
            rows, part, more = iter(table.rows), 1, True
            while more:
                sheet = book.add_worksheet(_sheet_name(table.name, part))
                more = _fill(sheet, table.titles, rows, styles)
                part += 1


def _sheet_name(name: str, part: int) -> str:
    suffix = "" if part == 1 else f" ({part})"
    return name[: SHEET_NAME_MAX - len(suffix)] + suffix


def _fill(sheet: Any, titles: Sequence[str], rows: Iterator[Sequence[Any]], styles: dict[str, Any]) -> bool:
    """Whether the sheet is full, so that there may be more rows."""
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, styles["title"])
    sheet.set_column(0, max(len(titles) - 1, 0), 16)
    last = 0
    for last, row in enumerate(islice(rows, SHEET_ROWS_MAX), start=1):
        for column, value in enumerate(row):
            _write_cell(sheet, last, column, value, styles)
    return last == SHEET_ROWS_MAX


def _write_cell(sheet: Any, row: int, column: int, value: Any, styles: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        local = value.astimezone(INDIA).replace(tzinfo=None)
        sheet.write_datetime(row, column, local, styles["instant"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, styles["date"])
    elif isinstance(value, Decimal):
        is_money = value.as_tuple().exponent == -2
        sheet.write_number(row, column, value, styles["money"] if is_money else None)
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, _plain(value))


def file_answer(tables: Sequence[Table], *, wanted: Format, name: str) -> HttpResponse:
    """The tables as a file to be saved.

    All of it is written before the first byte goes out: a fault is a problem document, never half a file.
    """
    file = SpooledTemporaryFile(max_size=IN_MEMORY_MAX)  # noqa: SIM115 (the response closes it)
    try:
        with one_snapshot():
            if wanted == "csv":
                write_csv(tables, cast(IO[bytes], file))
            else:
                write_xlsx(tables, cast(IO[bytes], file))
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    kind = CSV_TYPE if wanted == "csv" else XLSX_TYPE
    disposition = f'attachment; filename="{name}.{wanted}"'
    if size <= IN_MEMORY_MAX:
        with file:
            response = HttpResponse(file.read(), content_type=kind)
    else:
        # A response all the same, though Django's types keep the two kinds apart.
        response = cast(HttpResponse, FileResponse(file, content_type=kind))
        response["Content-Length"] = str(size)
    response["Content-Disposition"] = disposition
    return response


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Several statements that see the same moment, and write nothing."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def publish_files(router: Router) -> None:
    """Say in the published description that every answer of this router comes as CSV and XLSX, too."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {CSV_TYPE: {"schema": {"type": "string"}}, XLSX_TYPE: binary}
    for view in router.path_operations.values():
        for operation in view.operations:
            publish_content(operation, 200, content)
