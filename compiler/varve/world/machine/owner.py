"""Users and groups of this machine, by the names or numbers that people give."""

import grp
import pwd


def user(name: str) -> int | None:
    """The number of a user, or None where there is none of that name."""
    try:
        return int(name) if name.isdecimal() else pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def group(name: str) -> int | None:
    """The number of a group, or None where there is none of that name."""
    try:
        return int(name) if name.isdecimal() else grp.getgrnam(name).gr_gid
    except KeyError:
        return None
