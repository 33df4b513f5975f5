"""Points in time between a person's clock and the database, which keeps UTC.

Text with an offset says which moment it means. Text without one is read on the
caller's clock, where twice a year an hour does not exist and another comes twice: there
nothing is guessed.
"""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import orjson
import pytz

_SECONDS = orjson.OPT_OMIT_MICROSECONDS
_UTC = orjson.OPT_NAIVE_UTC | _SECONDS
_WITH_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?.*")


class NoSuchMoment(ValueError):
    """The clocks skip this local time."""


class TwoMoments(ValueError):
    """The clocks show this local time twice.

    :ivar choices: both of them, as text with an offset
    """

    def __init__(self, choices: list[str]):
        super().__init__(" or ".join(choices))
        self.choices = choices


def has_time(text: str) -> bool:
    """Return whether *text* is a date with a time, as opposed to a date alone."""
    return bool(_WITH_TIME.fullmatch(text))


def to_utc(text: str, zone: tzinfo) -> datetime:
    """Return the moment that *text* means, naive and in UTC, as Odoo stores it.

    >>> brussels = pytz.timezone("Europe/Brussels")
    >>> to_utc("2026-01-31 14:00", brussels).isoformat()
    '2026-01-31T13:00:00'
    >>> to_utc("2026-01-31T14:00:00+05:00", brussels).isoformat()
    '2026-01-31T09:00:00'

    :param text: ISO 8601, with or without an offset; a space may stand for the T
    :param zone: of pytz, for text without an offset
    :raise NoSuchMoment: the local time does not exist
    :raise TwoMoments: it exists twice
    :raise ValueError: it is no date and time, or beyond what can be stored
    """
    try:
        # "Z" is read from Python 3.11 on only
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
        if moment.tzinfo is None:
            moment = zone.localize(moment, is_dst=None)
        moment = moment.astimezone(pytz.utc)
    except pytz.NonExistentTimeError as error:
        raise NoSuchMoment(text) from error
    except pytz.AmbiguousTimeError as error:
        both = (zone.localize(moment, is_dst=is_dst) for is_dst in (True, False))
        raise TwoMoments([choice.isoformat() for choice in both]) from error
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return moment.replace(tzinfo=None, microsecond=0)


def to_local_all(moments: list[datetime | None], zone: tzinfo) -> list[str | None]:
    """Return what :func:`to_local` returns of each moment, in a tenth of the time.

    >>> to_local_all([datetime(2026, 1, 31, 13), None], pytz.utc)
    ['2026-01-31T13:00:00+00:00', None]
    """
    if zone is pytz.utc:
        return orjson.loads(orjson.dumps(moments, option=_UTC))
    offsets = [
        # one with a zone of its own is none that is stored: to_local says so
        moment and not moment.tzinfo and _offset_of_day(moment.date(), zone)
        for moment in moments
    ]
    shifted = [
        moment + offset[0] if offset else None
        for moment, offset in zip(moments, offsets, strict=True)
    ]
    texts = orjson.loads(orjson.dumps(shifted, option=_SECONDS))
    return [
        text + offset[1] if offset else moment and to_local(moment, zone)
        for moment, offset, text in zip(moments, offsets, texts, strict=True)
    ]


@lru_cache(maxsize=16_384)
def _offset_of_day(day: date, zone: tzinfo) -> tuple[timedelta, str] | None:
    """Return how far local clocks are from UTC on a day of UTC, and as text.

    ``None`` where that is not the same all day: clocks are put forward or back once a
    day at most, so the two ends of it tell.
    """
    try:
        first, last = (
            zone.fromutc(datetime.combine(day, end)) for end in (time.min, time.max)
        )
    except OverflowError:
        # at the ends of the calendar
        return None
    if first.utcoffset() != last.utcoffset():
        return None
    text = first.isoformat(timespec="seconds")
    return first.utcoffset(), text[len("2026-01-31T14:00:00") :]


def to_local(moment: datetime, zone: tzinfo) -> str:
    """Return a stored moment as text on the local clock, with its offset.

    >>> to_local(datetime(2026, 1, 31, 13), pytz.timezone("Europe/Brussels"))
    '2026-01-31T14:00:00+01:00'
    """
    if zone is pytz.utc:
        return f"{moment.isoformat(timespec='seconds')}+00:00"
    try:
        return zone.fromutc(moment).isoformat(timespec="seconds")
    except OverflowError:
        # at the ends of the calendar
        return pytz.utc.localize(moment).isoformat()
