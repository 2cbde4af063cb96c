"""The limits that the system sets for a process, such as on open files, and how to raise them."""

import errno


def advice(error: Exception) -> str:
    """How to raise the limit that `error` is about; empty if it is about something else."""
    is_about_files = isinstance(error, OSError) and error.errno == errno.EMFILE
    return "raise the limit (`ulimit -n`)" if is_about_files else ""


def shortage(error: Exception) -> str:
    """What the system does not allow varve enough of, and how to raise that limit; empty as for `advice`."""
    way_out = advice(error)
    return f"too many open files: {way_out}" if way_out else ""
