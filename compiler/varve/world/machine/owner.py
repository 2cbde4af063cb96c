"""The users and groups of this machine, by name or number."""

import grp
import pwd


def user(name: str) -> int | None:
    """The number of a user, given by name or number; None for an unknown name."""
    try:
        return int(name) if name.isdecimal() else pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def group(name: str) -> int | None:
    """The number of a group, given by name or number; None for an unknown name."""
    try:
        return int(name) if name.isdecimal() else grp.getgrnam(name).gr_gid
    except KeyError:
        return None
