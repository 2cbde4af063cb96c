"""Whether a change may be made: its files have one owner, and it sets nothing that only the platform may set."""

from varve.check.trust.fact import Sides, compare
from varve.check.trust.owner import Owners, refuse_mixed
from varve.model.diagnostic import Report


def judge(changed: Owners, sides: Sides, report: Report) -> None:
    """Report a change with several owners, and a tenant's change to facts that only the platform may set.

    Mistakes in the files themselves are reported when they are compiled.
    """
    if changed.platform and changed.tenants:
        refuse_mixed(changed, report)
    elif changed.tenants:
        compare(changed.tenants, sides, report)
