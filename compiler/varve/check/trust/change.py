"""Whether a change may be made: it is one owner's, and makes nothing of a tenant that only the platform may."""

from varve.check.trust.fact import Sides, compare
from varve.check.trust.owner import Owners, refuse_mixed
from varve.model.diagnostic import Report


def judge(changed: Owners, sides: Sides, report: Report) -> None:
    """Report a change that is not one owner's, and a tenant's change of what only the platform may say of it.

    What is wrong with the files themselves is left to those who compile them.
    """
    if changed.platform and changed.tenants:
        refuse_mixed(changed, report)
    elif changed.tenants:
        compare(changed.tenants, sides, report)
