"""Rows of events as text for programs, tables for people, and nothing that computes.

Plain Python, which is tested and read without the addon around it. A format is told
rows, batch after batch, and says which bytes follow.
"""

import csv
import io
import json
import math
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

#: Bytes that are copied at once.
_CHUNK = 1 << 20
#: What makes a spreadsheet compute a cell where it begins with it, the wide forms too.
#: In many countries spreadsheets begin a cell at a semicolon, in quotes or not.
_COMPUTED = tuple("=+-@\t\r\n＝＋－＠")
_FORMULA = re.compile(rf"(^|;)([{re.escape(''.join(_COMPUTED))}])")


class Csv:
    """CSV as in RFC 4180, with a mark at the beginning by which Excel knows UTF-8.

    Text that a spreadsheet would compute has an apostrophe before it.
    """

    def __init__(self, columns: Sequence[str], folder: str | None = None):
        self._columns = tuple(columns)
        self._text = io.StringIO()
        self._writer = csv.writer(self._text)
        self._text.write("\ufeff")
        self._writer.writerow(self._columns)

    def rows(self, rows: Sequence[Mapping[str, Any]]) -> bytes:
        """Return the bytes of *rows*, after what is still due of the beginning."""
        self._writer.writerows(
            [_cell(row.get(name)) for name in self._columns] for row in rows
        )
        content = self._text.getvalue().encode()
        self._text.seek(0)
        self._text.truncate()
        return content

    def end(self) -> Iterator[bytes]:
        """Yield the bytes that are left."""
        yield self.rows(())


class Jsonl:
    """One JSON object in each line, without what an event doesn't have.

    The time is UTC and has its microseconds: :func:`event.leaf` takes a line as it is.
    """

    def __init__(self, columns: Sequence[str], folder: str | None = None):
        self._columns = tuple(columns)

    def rows(self, rows: Sequence[Mapping[str, Any]]) -> bytes:
        """Return the lines of *rows*."""
        return b"".join(
            _json(
                {
                    name: _moment(row[name])
                    for name in self._columns
                    if row.get(name) is not None
                }
            )
            + b"\n"
            for row in rows
        )

    def end(self) -> Iterator[bytes]:
        """Yield nothing: each line is complete."""
        yield b""


class Xlsx:
    """A workbook for Excel and the like. Text is text, whatever it begins with.

    :param folder: for the files that it keeps until its end
    """

    #: What fits on a sheet, with the names of the columns.
    sheet_rows = 1_048_576
    #: What fits in a cell.
    _CHARACTERS = 32_767
    #: Above, a spreadsheet rounds.
    _EXACT = 2**53
    #: What has no place in XML.
    _IMPOSSIBLE = re.compile("[\ufffe\uffff]")

    def __init__(self, columns: Sequence[str], folder: str | None = None):
        import xlsxwriter

        self._columns = tuple(columns)
        handle, self._path = tempfile.mkstemp(suffix=".xlsx", dir=folder)
        os.close(handle)
        self._book = xlsxwriter.Workbook(
            self._path,
            {"constant_memory": True, "tmpdir": folder, "use_zip64": True},
        )
        self._bold = self._book.add_format({"bold": True})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        self._sheet = None
        self._row = 0
        self._begin_sheet()

    def _begin_sheet(self):
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(self._columns) - 1, 18)
        for column, name in enumerate(self._columns):
            self._sheet.write_string(0, column, name, self._bold)
        self._row = 1

    def rows(self, rows: Sequence[Mapping[str, Any]]) -> bytes:
        """Keep *rows*: a workbook has no beginning before it has its end."""
        for row in rows:
            if self._row == self.sheet_rows:
                self._begin_sheet()
            for column, name in enumerate(self._columns):
                self._add(column, row.get(name))
            self._row += 1
        return b""

    def _add(self, column, value):
        if value is None:
            return
        if isinstance(value, datetime):
            self._sheet.write_datetime(self._row, column, value, self._time)
        elif _is_number(value) and abs(value) <= self._EXACT:
            self._sheet.write_number(self._row, column, value)
        else:
            text = self._IMPOSSIBLE.sub("\ufffd", _text(value))
            # characters beyond the first plane count twice
            if len(text.encode("utf-16-le")) > 2 * self._CHARACTERS:
                text = text[: self._CHARACTERS // 2] + "…"
            self._sheet.write_string(self._row, column, text)

    def end(self) -> Iterator[bytes]:
        """Yield the workbook."""
        self._book.close()
        with open(self._path, "rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
        os.unlink(self._path)


#: By the name of the format, which is the ending of its files, too.
FORMATS = {"csv": Csv, "jsonl": Jsonl, "xlsx": Xlsx}


def neutral(text: str) -> str:
    """Return *text* with an apostrophe before what could be a formula."""
    if ";" not in text and not text.startswith(_COMPUTED):
        # nearly all: the pattern would be tried at each place
        return text
    return _FORMULA.sub(r"\1'\2", text)


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="microseconds")
    if _is_number(value):
        return value
    if isinstance(value, str):
        return neutral(value)
    # a semicolon is within a string of it, where any character can be escaped
    return neutral(
        _FORMULA.sub(
            lambda found: f";\\u{ord(found[2]):04x}" if found[1] else found[0],
            _text(value),
        )
    )


def _moment(value):
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value


def _is_number(value):
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


def _text(value):
    return value if isinstance(value, str) else _json(value).decode()


def _json(value):
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)
    except TypeError:
        # PostgreSQL writes 1e300 as an integer, and orjson knows none of that size
        return json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
