"""Git's blob ids."""

import hashlib

from varve.model.snapshot import Algorithm


def identify(data: bytes, algorithm: Algorithm = "sha1") -> str:
    """The blob id of `data`, in hexadecimal: 40 digits for sha1, 64 for sha256."""
    begin = hashlib.sha1 if algorithm == "sha1" else hashlib.sha256
    return begin(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()
