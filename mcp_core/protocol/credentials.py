"""What an ``Authorization`` header says (RFC 9110, section 11.6.2).

Bearer tokens (RFC 6750) and Basic (RFC 7617, UTF-8). Only reading: whether what was
said is true is for others to find out, and so is which scheme is accepted.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field

from .errors import quote

BEARER = "bearer"
BASIC = "basic"

#: A token of less is no key of anybody; one of more is not worth reading.
_BEARER_TOKEN = re.compile(r"[\x21-\x7e]{8,512}")
#: Login, colon and password: 1,536 bytes.
_BASIC_TOKEN = re.compile(r"[A-Za-z0-9+/]{4,2048}={0,2}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody claims about themselves. True where it can be checked at all.

    >>> credentials("Basic ZGVtbzpzZWNyZXQ=")
    Credentials(scheme='basic', login='demo')

    :param scheme: :data:`BEARER`, :data:`BASIC`, or empty for none of them
    :param login: of Basic only, as sent: see :attr:`label` for logs and events
    :param secret: a password or a key, empty where the header is not well formed
    """

    scheme: str = ""
    login: str = ""
    secret: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.secret)

    @property
    def label(self) -> str:
        """The login as one short printable line."""
        return quote(self.login)[1:-1]


def credentials(authorization: str | None) -> Credentials:
    """Return what *authorization* says, false where it says nothing of use.

    :param authorization: the header, ``None`` without one

    >>> credentials("bearer 0123456789").secret
    '0123456789'
    >>> bool(credentials("Basic !")), bool(credentials(None))
    (False, False)
    """
    scheme, _space, token = (authorization or "").partition(" ")
    scheme, token = scheme.lower(), token.strip(" ")
    if scheme == BEARER:
        return Credentials(scheme, "", token if _BEARER_TOKEN.fullmatch(token) else "")
    if scheme == BASIC:
        return Credentials(scheme, *_login_and_password(token))
    return Credentials()


def _login_and_password(token: str) -> tuple[str, str]:
    """Return what the base64 of Basic holds (RFC 7617, section 2), or nothing."""
    if not _BASIC_TOKEN.fullmatch(token):
        return "", ""
    try:
        decoded = base64.b64decode(token, validate=True)
        text = decoded.decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    login, _colon, password = text.partition(":")
    # one credential has one form: stray bits at the end are somebody trying
    canonical = base64.b64encode(decoded).decode() == token
    if not canonical or not login or not password or _CONTROL.search(text):
        return "", ""
    return login, password
