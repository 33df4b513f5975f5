"""What is left of a request or an answer before it is kept: no secret, no bulk.

Plain Python. Names decide, and the looks of a value where its name is innocent: a key
pasted into a note is a key all the same. Better too little in the trail than too much.
"""

import hashlib
import re
import secrets
import unicodedata
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
#: And those that are searched for secrets, as what is taken out is shorter then.
_SEARCHED_MAX = 4 * TEXT_MAX
#: Characters of a name. What is longer is none, and what it holds is not kept.
_NAME_MAX = 256
#: What says in a member of its own which member another one is the value of, or of
#: which method the arguments: {"name": "password", "value": …}.
_NAMING = ("name", "field", "method", "key", "label", "param", "header")
_NAMED = frozenset({"value", "values", "val", "args", "old", "new"})
#: Characters that are looked at of one payload: nothing behind them would be kept, and
#: whoever sends megabytes is not to be worth seconds of work.
_LOOKED_AT_MAX = 4 * PAYLOAD_MAX
#: How deep is looked; the protocol refuses what nests deeper.
_DEPTH_MAX = 80

_SECRET_NAMES = re.compile(
    r"passw|passphrase|passwd|pass_?(?:code|key)|\bpwd|_pwd|secret|token|api_?key"
    r"|apikey|private_?key|ssh_?key|access_?key|credential|\bcreds\b|_creds\b"
    r"|authori[sz]ation|\bauth\b|\bbearer\b|\bjwt\b|_jwt\b|cookie|session_?id|\bsid\b"
    r"|signature|\botp\b|totp|\bmfa\b|\b2fa\b|\bpin\b|pin_?code|\bcvc|\bcvv"
    r"|card_?number|client_?key|\bkey\b|_key\b|one[\s_-]?time|\bcode_verifier"
    r"|(?:verification|auth|recovery|access|security|unlock|login)[\s_-]?code"
    r"|(?:mfa|2fa|sms)[\s_-]?code"
    r"|(?:seed|recovery)[\s_-]?phrase|mnemonic|connection_?string|\bdsn\b|_dsn\b"
    r"|webhook_?url|(?:\b|_)(?:pass|pin|pw)(?:\b|_)|hash_?(?:key|iv)|\bc{1,2}sid\b"
    # what a password is called elsewhere: fields of one's own have such names
    r"|contrase[ñn]|(?:\b|_)clave(?:\b|_)|mot_?de_?passe|(?:\b|_)mdp(?:\b|_)|kennwort"
    r"|senha|wachtwoord|(?:\b|_)has[łl]o(?:\b|_)|l[öo]senord|adgangskode|salasana"
    r"|jelsz[óo]|(?:\b|_)heslo(?:\b|_)|[şs]ifre|парол|密码|密碼|口令|パスワード|暗証|비밀번호",
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
    | ;base64,[A-Za-z0-9+/=_-]{64,}                          # files in addresses
    | (?<=[?&])(?:key|sig|code|auth|x-amz-[a-z-]{1,32})=[^&\s"'<>]+
    | \bcookie\s?:[^\n]{1,1024}
    | \bauthorization["']?\s{0,4}[:=]\s{0,4}["']?[A-Za-z]{1,16}\s[^\s"']+
      # what is set to a value: password=…, "api_key": "…", DB_PASSWORD: …, <pwd>…; or
      # said, or compared with one: the password is …, ('password', '=', '…')
    | (?:passw(?:or)?d|passphrase|passcode|pwd|secret|token
      |(?:api|access|private)[_-]?key|session_?id|\bpass|\bpin|\bt?otp
      |verification\ code
      |mot\ de\ passe|\bmdp|contrase(?:ñ|n)a|(?<!palabra\ )(?<!palabras\ )\bclave
      |passwort|kennwort|senha|wachtwoord|\bhas(?:ł|l)o|lösenord|пароль
      |密码|密碼|口令|パスワード|비밀번호)
      (?:\\{0,3}["'],\s{0,4}\\{0,3}["'](?:=|!=|=?i?like|in)\\{0,3}["'],\s{0,4}
        |["'\\]{0,4}\s{0,4}(?:[=:：>]|%3[ad]|&\#(?:58|61);)(?:%20|\s){0,4}
        |\s(?:is|est|es|ist)\s)
      (?:\\{0,3}"[^"\n]{0,512}"?|\\{0,3}'[^'\n]{0,512}'?|\S+)
    | --?(?:password|pass|token|secret|api-key)\s[^\s-]\S*
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
#: Letters, in lower case, one of which is in whatever the pattern above finds; but for
#: what it knows by its length and alphabet. To look for them takes a hundredth of the
#: time that all branches of the pattern take at each place of a text.
_HINTS = (
    *("pass", "pwd", "secret", "token", "key", "contrase", "://", ";base64,"),
    *("bearer", "basic", "digest", "eyj", "-----begin", "cookie", "authori"),
    *("session", "clave", "kennwort", "senha", "wachtwoord", "hasło", "haslo"),
    *("lösenord", "пароль", "密码", "密碼", "口令", "パスワード", "비밀번호"),
)
_SHAPES = re.compile(
    r"[0-9a-f]{40}|(?:[spr]k|gh[pos]|github_pat|glpat|xox[abprs]|akia)[-_a-z0-9]{16}"
    r"|(?:\bpin|\bt?otp|\bmdp|verification code)[^a-z]|[?&](?:sig|code|auth|x-amz-)"
)
#: One of these is in each text that has one of the shapes: a few letters, or a run as
#: long as the shortest key. They are found in an eighth of the time.
_SHAPE_HINTS = ("pin", "otp", "mdp", "verification code", "?", "&")
_RUN = re.compile("[-_a-z0-9]{18}")
#: What a pattern that ignores case takes for one of a to z, and lower() does not.
_ODD_LETTERS = re.compile("[\u0130\u0131\u017f]")
#: What holds a file, by its name: that is kept out however short it is.
_FILE_NAMES = re.compile(
    r"(?:db_)?datas|raw|blob|(?:image|avatar|icon|logo)(?:_\d+)?|(?:.*_)?(?:b64|base64|file)",
    re.IGNORECASE,
)
#: Characters of a short text in their place, such as the name of a file.
_FILE_MIN = 64
#: Bare text of this alphabet and length is content, or a secret.
_BASE64_MIN = 512
_BASE64 = re.compile(rf"[A-Za-z0-9+/_=\s-]{{{_BASE64_MIN},}}")


def is_secret_name(name: str) -> bool:
    """Return whether a value of this name is a secret by its name."""
    return len(name) > _NAME_MAX or _is_secret_name(name)


@lru_cache(maxsize=4096)
def _is_secret_name(name):
    if not name.isascii():
        # letters have several forms
        name = unicodedata.normalize("NFKC", name)
    return name not in _PUBLIC_NAMES and bool(_SECRET_NAMES.search(name))


def redacted_text(text: str) -> str:
    """Return *text* without what looks like a secret, cut where it is long."""
    if _BASE64.fullmatch(text):
        return _digest(text)
    clean = text[:_SEARCHED_MAX]
    if not _is_innocent(clean):
        clean = _SECRET_VALUES.sub(REDACTED, clean)
    if len(clean) > TEXT_MAX:
        return f"{clean[:TEXT_MAX]}… [{len(text)} characters]"
    return clean


def _is_innocent(text):
    """Return whether a text shows at a glance that the pattern finds nothing in it."""
    if not text.isascii() and _ODD_LETTERS.search(text):
        return False
    lower = text.lower()
    for hint in _HINTS:  # in many short texts any() takes twice the time
        if hint in lower:
            return False
    if not _RUN.search(lower) and not any(hint in lower for hint in _SHAPE_HINTS):
        return True
    return not _SHAPES.search(lower)


def _holds_no_secret(value):
    """Return whether a glance at a whole value shows that no text in it is a secret.

    As JSON it is one text. A letter that JSON escapes may stand between what belongs
    together, so where there is one each text is looked at by itself.
    """
    try:
        body = orjson.dumps(value).decode()
    except TypeError:
        return False
    return len(body) <= _SEARCHED_MAX and "\\" not in body and _is_innocent(body)


def excerpt(text: str, begin: int, size: int) -> str:
    """Return a long text without what looks like a secret, and of it what is about a
    place; its length and digest stand for the rest.

    :param begin: where the part that is kept begins
    """
    if _BASE64.fullmatch(text):
        return _digest(text)
    # as a whole: a secret that is cut looks like none
    clean = _SECRET_VALUES.sub(REDACTED, text)
    if len(clean) <= size:
        return clean
    begin = max(0, min(begin, len(clean) - size))
    before = "…" if begin else ""
    return f"{before}{clean[begin : begin + size]}… {_digest(text)}"


def redacted(value: Any) -> Any:
    """Return a JSON value without its secrets.

    A condition of a domain, ``[name, operator, value]``, has a name too.
    """
    return _Redaction(innocent=_holds_no_secret(value)).of(value)


class _Redaction:
    """Takes the secrets out of one value, and looks at so much of it.

    :param innocent: only what names and lengths tell is left to find
    """

    def __init__(self, *, innocent: bool):
        self._innocent = innocent
        self._left = _LOOKED_AT_MAX

    def of(self, value: Any, depth: int = 0) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if depth > _DEPTH_MAX:
            return REDACTED
        if isinstance(value, dict):
            secret = _names_secret(value)
            return {
                self._text(name): self._member(name, member, secret, depth)
                for name, member in value.items()
            }
        if isinstance(value, list | tuple):
            if _is_condition(value) and is_secret_name(value[0]):
                return [value[0], self.of(value[1], depth + 1), REDACTED]
            return [self.of(member, depth + 1) for member in value]
        return value

    def _text(self, text):
        if self._innocent and len(text) < _BASE64_MIN:
            return text
        if self._left <= 0 and len(text) > len(REDACTED):
            return _digest(text)
        self._left -= min(len(text), _SEARCHED_MAX)
        return redacted_text(text)

    def _member(self, name, member, secret, depth):
        if self._left <= 0:
            # what its name would tell is not looked at either
            return _digest(orjson.dumps(member, default=str).decode())
        if (is_secret_name(name) or (secret and name in _NAMED)) and _tells(member):
            return REDACTED
        if (
            isinstance(member, str)
            and len(member) > _FILE_MIN
            and _FILE_NAMES.fullmatch(name)
        ):
            return _digest(member)
        return self.of(member, depth + 1)


def _is_condition(value: list[Any] | tuple[Any, ...]) -> bool:
    return len(value) == 3 and isinstance(value[0], str)


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
