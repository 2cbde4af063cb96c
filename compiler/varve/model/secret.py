"""A value that must not be shown: it can be passed on, and is printed as `***`."""

from typing import Final, NoReturn

_HIDDEN: Final = "***"


class Secret:
    """The bytes of one secret; two are never equal, and none can be pickled, printed or formatted."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def reveal(self) -> bytes:
        """The bytes, for the code that writes or checks them."""
        return self._data

    def __repr__(self) -> str:
        return _HIDDEN

    def __format__(self, _: str) -> str:
        return _HIDDEN

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret stays in the process that opened it")
