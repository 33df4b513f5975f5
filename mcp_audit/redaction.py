"""What is left of a request or an answer before it is kept: no secret, no bulk.

Plain Python. Names decide, and the looks of a value where its name is innocent: a key
pasted into a note is a key all the same. Better too little in the trail than too much.
"""

import hashlib
import re
import secrets
from functools import lru_cache
from typing import Any

import orjson

from .event import Payload, salted_digest

#: What stands for a value that is kept out.
REDACTED = "[redacted]"
#: Bytes of a payload that are kept.
PAYLOAD_MAX = 32 * 1024
#: Characters of one text that are kept; what is longer is a file or as good as one.
TEXT_MAX = 4 * 1024
#: Characters of a name. What is longer is none, and what it holds is not kept.
_NAME_MAX = 256
#: What says in a member of its own which member another one is the value of, or of
#: which method the arguments: {"name": "password", "value": …}.
_NAMING = ("name", "field", "method")
_NAMED = frozenset({"value", "values", "args", "old", "new"})
#: How deep is looked; the protocol refuses what nests deeper.
_DEPTH_MAX = 80

_SECRET_NAMES = re.compile(
    r"passw|passphrase|passwd|\bpwd|_pwd|secret|token|api_?key|apikey|private_?key"
    r"|access_?key|credential|authori[sz]ation|cookie|session_?id|signature|\botp\b"
    r"|totp|\bpin\b|pin_?code|\bcvc|\bcvv|card_?number|client_?key|\bkey\b|_key\b"
    r"|one_?time|verification_?code|auth_?code|\bcode_verifier|recovery_?code"
    r"|(?:\b|_)(?:pass|pin)(?:\b|_)|hash_?(?:key|iv)|\bc{1,2}sid\b",
    re.IGNORECASE,
)
#: Names that the pattern above takes for secrets, and that hold none.
_PUBLIC_NAMES = frozenset({"progressToken", "idempotency_key", "signature_required"})
_SECRET_VALUES = re.compile(
    r"""
      \b(?:bearer|basic|digest)\s+[A-Za-z0-9._~+/=-]{8,}     # credentials of HTTP
      # JSON web tokens. It looks ahead once for each run of their letters: to try all
      # places within a run takes the square of its length
    | (?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{6,}\.)
      [A-Za-z0-9_-]*?eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*
    | (?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])                  # Odoo's API keys
    | \b(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abprs]|AKIA)[-_A-Za-z0-9]{16,}
    | -----BEGIN[ A-Z]*PRIVATE\ KEY-----.*?(?:-----END[ A-Z]*PRIVATE\ KEY-----|\Z)
    | (?<=://)[^\s/@:]{1,256}:[^\s/@]{1,256}(?=@)            # passwords in addresses
      # what is set to a value: password=…, "api_key": "…", DB_PASSWORD: …
    | (?:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|private)[_-]?key
      |mot\ de\ passe|contrase(?:ñ|n)a|passwort)
      ["'\\]{0,4}\s{0,4}[=:]\s{0,4}
      (?:\\{0,3}"[^"\n]{0,512}"?|\\{0,3}'[^'\n]{0,512}'?|\S+)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
#: Letters, in lower case, one of which is in whatever the pattern above finds; but for
#: what it knows by its length and alphabet. To look for them takes a hundredth of the
#: time that all branches of the pattern take at each place of a text.
_HINTS = (
    *("pass", "pwd", "secret", "token", "key", "contrase", "://"),
    *("bearer", "basic", "digest", "eyj", "-----begin"),
)
_SHAPES = re.compile(
    r"[0-9a-f]{40}|(?:[spr]k|gh[pos]|github_pat|glpat|xox[abprs]|akia)[-_a-z0-9]{16}"
)
#: What a pattern that ignores case takes for one of a to z, and lower() does not.
_ODD_LETTERS = re.compile("[\u0130\u0131\u017f]")
#: Bare text of this alphabet and length is content, or a secret.
_BASE64 = re.compile(r"[A-Za-z0-9+/_=\s-]{512,}")


def is_secret_name(name: str) -> bool:
    """Return whether a value of this name is a secret by its name."""
    return len(name) > _NAME_MAX or _is_secret_name(name)


@lru_cache(maxsize=4096)
def _is_secret_name(name):
    return name not in _PUBLIC_NAMES and bool(_SECRET_NAMES.search(name))


def redacted_text(text: str) -> str:
    """Return *text* without what looks like a secret, cut where it is long."""
    if _BASE64.fullmatch(text):
        return _digest(text)
    clean = text[: 4 * TEXT_MAX]
    if not _is_innocent(clean):
        clean = _SECRET_VALUES.sub(REDACTED, clean)
    if len(clean) > TEXT_MAX:
        return f"{clean[:TEXT_MAX]}… [{len(text)} characters]"
    return clean


def _is_innocent(text):
    """Return whether a text shows at a glance that the pattern finds nothing in it."""
    if _ODD_LETTERS.search(text):
        return False
    lower = text.lower()
    for hint in _HINTS:  # in many short texts any() takes twice the time
        if hint in lower:
            return False
    return not _SHAPES.search(lower)


def redacted(value: Any, depth: int = 0) -> Any:
    """Return a JSON value without its secrets.

    A condition of a domain, ``[name, operator, value]``, has a name too.
    """
    if isinstance(value, str):
        return redacted_text(value)
    if depth > _DEPTH_MAX:
        return REDACTED
    if isinstance(value, dict):
        secret = _names_secret(value)
        return {
            redacted_text(name): REDACTED
            if (is_secret_name(name) or (secret and name in _NAMED)) and _tells(member)
            else redacted(member, depth + 1)
            for name, member in value.items()
        }
    if isinstance(value, list | tuple):
        if len(value) == 3 and isinstance(value[0], str) and is_secret_name(value[0]):
            return [value[0], redacted(value[1], depth + 1), REDACTED]
        return [redacted(member, depth + 1) for member in value]
    return value


def _names_secret(value: dict[str, Any]) -> bool:
    """Return whether an object names a secret that another of its members holds."""
    named = (value.get(naming) for naming in _NAMING)
    return any(isinstance(name, str) and is_secret_name(name) for name in named)


def _tells(value: Any) -> bool:
    """Return whether a value can be a secret at all: not empty, not yes or no."""
    return value is not None and not isinstance(value, bool) and value != ""


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return f"[{len(text)} characters, SHA-256 {digest}]"


def payload(side: str, value: Any) -> Payload:
    """Return what is kept of one side of a call.

    :param side: ``"request"`` or ``"response"``
    :param value: JSON; members that are no JSON are described, not kept
    """
    body = orjson.dumps(redacted(value), default=str).decode()
    size = len(body.encode())
    salt = secrets.token_hex(16)
    kept = body.encode()[:PAYLOAD_MAX].decode(errors="ignore")
    return Payload(
        side=side,
        salt=salt,
        body=kept,
        size=size,
        truncated=len(kept) < len(body),
        full_digest=salted_digest(salt, body),
    )
