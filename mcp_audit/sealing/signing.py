"""Keys that sign seals: Ed25519, in files beside the database and never in it."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

ALGORITHM = "Ed25519"
_PRIVATE = "signing-key.pem"
_PUBLIC = ".pub.pem"


def key_id(public: Ed25519PublicKey) -> str:
    """Return the name of a key: 16 hexadecimal digits of its digest."""
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


class SigningKey:
    """The key that this server signs with.

    :param private: known to this server only
    """

    def __init__(self, private: Ed25519PrivateKey):
        self._private = private
        self.public = private.public_key()
        self.key_id = key_id(self.public)

    @classmethod
    def load(cls, folder: Path) -> "SigningKey":
        """Return the key of a folder, made at the first time.

        :raise OSError: the folder can't be read or written
        :raise ValueError: what is there is no key
        :raise cryptography.exceptions.UnsupportedAlgorithm: it is one of another kind
        """
        path = folder / _PRIVATE
        if not path.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            pem = Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            )
            _write_once(path, pem)
        private = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise UnsupportedAlgorithm(f"{path} holds no {ALGORITHM} key")
        key = cls(private)
        pem = key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        _write_once(folder / f"{key.key_id}{_PUBLIC}", pem)
        return key

    def sign(self, statement: bytes) -> str:
        """Return the signature, hexadecimal."""
        return self._private.sign(statement).hex()


def _write_once(path, content):
    """Write a file whole or not at all, unless another process was first."""
    if path.exists():
        return
    handle, name = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # theirs counts
            os.link(name, path)
    finally:
        os.unlink(name)


def public_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Return the public keys of a folder by their names, old ones too."""
    return dict(map(read_public_key, sorted(folder.glob(f"*{_PUBLIC}"))))


def read_public_key(path: Path) -> tuple[str, Ed25519PublicKey]:
    """Return (name, key) of a file in PEM.

    :raise ValueError: it holds no key
    :raise cryptography.exceptions.UnsupportedAlgorithm: it holds one of another kind
    """
    public = load_pem_public_key(path.read_bytes())
    if not isinstance(public, Ed25519PublicKey):
        raise UnsupportedAlgorithm(f"{path} holds no {ALGORITHM} key")
    return key_id(public), public


def is_signed(
    statement: bytes,
    signature: str,
    signer: str,
    keys: Mapping[str, Ed25519PublicKey],
) -> bool | None:
    """Return whether a signature is right, ``None`` where its key is not known."""
    if signer not in keys:
        return None
    try:
        keys[signer].verify(bytes.fromhex(signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return True
