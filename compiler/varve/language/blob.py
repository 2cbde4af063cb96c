"""The name that git gives to a file's bytes."""

import hashlib

from varve.model.snapshot import Algorithm


def identify(data: bytes, algorithm: Algorithm = "sha1") -> str:
    """The blob id of `data`, in hexadecimal: 40 digits for sha1, 64 for sha256."""
    return hashlib.new(algorithm, b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()
