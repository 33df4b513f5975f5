"""Files of exported events: all that was there is there, and no cell computes."""

import csv
import io
import json
import re
import zipfile
from datetime import datetime

import event
import manifest
import orjson
import pytest
from archive import Archive, LostError
from export_formats import Csv, Jsonl, neutral
from hypothesis import given
from hypothesis import strategies as st

_COLUMNS = ("id", "time", "kind", "login", "record_ids", "duration", "details")
#: What PostgreSQL keeps as text.
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_NASTY = st.one_of(
    st.builds("{}{}".format, st.sampled_from(list("=+-@\t\r\n'\"＝；,;")), _TEXT), _TEXT
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.just(10**300)  # as PostgreSQL writes 1e300
    | _NASTY,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner),
    max_leaves=5,
)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(1, 2**63 - 1),
            "time": st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)),
            "kind": _TEXT,
            "login": st.none() | _NASTY,
            "record_ids": st.none() | st.lists(st.integers(1, 2**31)),
            "duration": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "details": st.none() | st.dictionaries(_TEXT, _JSON),
        }
    ),
    max_size=8,
)
_COMPUTED = re.compile(r"(^|;)[=+\-@\t\r\n]")
_NEUTRAL = re.compile(r"(^|;)'(?=[=+\-@\t\r\n＝＋－＠])")


def _file(kind, rows, cut):
    """Return the bytes of a file that got its rows in two batches."""
    writer = kind(_COLUMNS)
    return b"".join([writer.rows(rows[:cut]), writer.rows(rows[cut:]), *writer.end()])


@given(rows=_ROWS, cut=st.integers(0, 8))
def test_csv_has_every_value_and_computes_none(rows, cut):
    text = _file(Csv, rows, cut).decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    assert header == list(_COLUMNS)
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        found = dict(zip(_COLUMNS, line, strict=True))
        assert int(found["id"]) == row["id"]
        assert datetime.fromisoformat(found["time"]) == row["time"]
        if row["duration"] is not None:
            assert float(found["duration"]) == row["duration"]
        for name in ("kind", "login"):
            assert found[name] == neutral(row[name] or "")
            plain = _NEUTRAL.sub(r"\1", row[name] or "")
            assert _NEUTRAL.sub(r"\1", found[name]) == plain
        for name in ("record_ids", "details"):
            told = json.loads(found[name]) if found[name] else None
            assert told == row[name]
        for name in _COLUMNS:
            if name != "duration":
                assert not _COMPUTED.search(found[name])


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("http://x")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1"],
)
def test_a_formula_is_text(text):
    assert neutral(text) == f"'{text}"


def test_no_cell_within_a_cell_computes():
    row = {"id": 1, "login": "x;=1+1;y", "details": {"a": "x;=1;-2"}}
    text = Csv(["login", "details"]).rows([row]).decode("utf-8-sig")
    [_header, line] = csv.reader(io.StringIO(text, newline=""))
    assert line[0] == "x;'=1+1;y"
    assert not _COMPUTED.search(text)
    assert json.loads(line[1]) == row["details"]


def test_a_negative_number_is_a_number():
    row = {"id": 1, "duration": -32600}
    text = Csv(["id", "duration"]).rows([row]).decode("utf-8-sig")
    assert text == "id,duration\r\n1,-32600\r\n"


@given(rows=_ROWS, cut=st.integers(0, 8))
def test_a_line_of_jsonl_is_what_is_sealed(rows, cut):
    lines = _file(Jsonl, rows, cut).split(b"\n")
    assert lines.pop() == b""
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        # not by orjson, which makes a fraction of an integer of many digits
        assert event.leaf(json.loads(line)) == event.leaf(row)


# The ZIP file, and what it says of itself


@given(
    parts=st.lists(st.binary(max_size=200), min_size=1, max_size=4),
    lost=st.binary(max_size=300),
)
def test_a_zip_goes_on_after_its_last_member(tmp_path_factory, parts, lost):
    path = str(tmp_path_factory.mktemp("zip") / "export.zip")
    mark, members = None, {}
    for number, part in enumerate(parts):
        archive = Archive(path, mark)
        with archive.member(f"part-{number}", packed=bool(number % 2)) as add:
            add(part[:7])
            add(part[7:])
        mark, members = archive.mark, members | archive.members
        # a process is killed while it adds the next one
        with open(path, "r+b") as file:
            file.seek(mark["start"])
            file.write(lost)
    Archive(path, mark)
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        assert [found.read(name) for name in found.namelist()] == parts
    assert [told["bytes"] for told in members.values()] == [len(part) for part in parts]


def test_a_zip_that_is_gone_does_not_go_on(tmp_path):
    path = str(tmp_path / "export.zip")
    archive = Archive(path)
    with archive.member("part") as add:
        add(b"x" * 100)
    for content in (b"", None):
        if content is None:
            (tmp_path / "export.zip").unlink()
        else:
            (tmp_path / "export.zip").write_bytes(content)
        with pytest.raises(LostError):
            Archive(path, archive.mark)


def test_the_signature_is_about_all_but_itself():
    told = {"events": 3, "files": {"b": 1, "a": 2}}
    seen = []

    def sign(content):
        seen.append(content)
        return {"algorithm": "none", "key_id": "1", "signature": "00"}

    signed = manifest.signed(told, sign)
    assert seen == [manifest.canonical(told)] == [manifest.canonical(signed)]
    assert orjson.loads(manifest.dumped(signed)) == signed
    assert manifest.canonical({**signed, "events": 4}) != seen[0]
