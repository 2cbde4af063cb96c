"""A repository that was opened, and its units: what can be asked of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from varve.api.effort import USUAL, Effort
from varve.api.findings import ConfigError, gather
from varve.api.looking import view_of
from varve.language import name
from varve.model.diagnostic import Report
from varve.model.unit import Selection, Unit
from varve.world.git import repository as world
from varve.world.git.repository import Repository
from varve.world.snapshot import views

if TYPE_CHECKING:
    from threading import Event

    from varve.api.compile.built import Announce, Built
    from varve.api.compile.checked import Checked
    from varve.api.policy.assessment import Assessed, Request
    from varve.api.policy.evidence import Handed
    from varve.api.policy.listing import Policies, Tried
    from varve.api.question.affected import Affected
    from varve.api.question.blame import Blamed
    from varve.api.question.difference import Difference
    from varve.api.question.explain import Explained
    from varve.api.question.resolve import Answer
    from varve.api.question.route import Routed
    from varve.api.secrets.check import Secured
    from varve.api.secrets.edit import Edited
    from varve.api.secrets.render import Order, Rendered
    from varve.api.secrets.rotate import Rotated
    from varve.api.secrets.verify import Verified
    from varve.api.watch.watched import Watched
    from varve.link.routing.decision import Labels
    from varve.world.secrets.identity import Identities


@dataclass(frozen=True, slots=True)
class OpenUnit:
    """One tenant in one environment of a repository, looked at anew whenever something is asked."""

    repository: Repository
    unit: Unit

    def resolve(self, revision: str | None = None) -> "Answer":
        """What the unit's layers give together, in the work tree or in a commit.

        The value is None where the unit is broken, or where there is none of that name: the findings say why.
        """
        from varve.api.question import resolve as resolving

        return resolving.resolve(self.repository, self.unit, view_of(revision))

    def explain(self, path: str = "", revision: str | None = None) -> "Explained":
        """What each layer says of a path such as `services.checkout.slos`; without one, of every value.

        `ValueError` where `path` cannot be read as a path.
        """
        from varve.api.question import explain as explaining

        keys = name.keys(path) if path else ()
        if keys is None:
            raise ValueError(f"`{path}` is not a path; write it like `services.checkout.slos`")
        return explaining.explain(self.repository, self.unit, keys, view_of(revision))

    def route(
        self,
        labels: "Labels | None" = None,
        at: datetime | str | None = None,
        firing: "Sequence[Labels]" = (),
        revision: str | None = None,
    ) -> "Routed":
        """Who is told of an alert with these labels, by the routes that the sources compile to; nothing is written.

        Without labels every alert is asked about that the unit's rules can fire. `at` is an aware time, or a text such
        as `2026-11-21T03:00`, on the clock of the unit's time zone where it says no offset; without it hours are not
        looked at. `firing` are other alerts that fire then. The label `tenant` and the environment's external labels
        are added to all of them. `ValueError` where `at` is no instant.
        """
        from varve.api.question import route as routing

        return routing.route(self.repository, self.unit, routing.Question(labels, at, firing), view_of(revision))


@dataclass(frozen=True, slots=True)
class OpenRepository:
    """A repository that varve can compile. It holds no file: every call looks at the files that are there then.

    `effort` tells how calls that compile all units do their work.
    """

    repository: Repository
    effort: Effort = USUAL

    @property
    def root(self) -> Path:
        """The folder that holds `varve.yaml`."""
        return self.repository.root

    def by(self, effort: Effort) -> "OpenRepository":
        """The same repository, whose calls do their work in another way; `ValueError` without any process."""
        if effort.jobs < 1:
            raise ValueError("work needs at least one process")
        return replace(self, effort=effort)

    def unit(self, tenant: str, environment: str) -> OpenUnit:
        """One tenant in one environment; whether they exist is found out when something is asked of the unit."""
        return OpenUnit(self.repository, Unit(tenant, environment))

    def check(
        self,
        revision: str | None = None,
        *,
        staged: bool = False,
        trust_base: str | None = None,
        today: date | None = None,
    ) -> "Checked":
        """Judge the sources, and whether `build/` is what they say: in the work tree, a commit, or what is staged.

        With `trust_base`, the name of a commit, they are a change of it: judged by the platform's files as they stand
        there, and refused where it is not one owner's to make. With `today`, a waiver that does not count on that day
        is an error.

        Nothing is written but what the cache remembers. `ValueError` where both a revision and what is staged are asked
        for.
        """
        from varve.api.compile import check as checking
        from varve.api.compile import checked

        if staged and revision is not None:
            raise ValueError("a revision and what is staged are different files; choose one of them")
        request = checked.Request(trust_base, today, self.effort)
        return checking.check(self.repository, views.Index() if staged else view_of(revision), request)

    def affected(self, base: str, revision: str | None = None) -> "Affected":
        """Which units and artifacts change from the commit `base` to the work tree or to another commit, and why.

        Nothing is written but what the cache remembers.
        """
        from varve.api.question import affected as touching

        return touching.ask(self.repository, base, view_of(revision), self.effort)

    def diff(
        self,
        base: str = "HEAD",
        revision: str | None = None,
        environment: str | None = None,
        tenant: str | None = None,
    ) -> "Difference":
        """What the change from the commit `base` to the work tree or to another commit means, and for which units.

        That is: which values, alerts, routes and artifacts differ. With an environment or a tenant only their units are
        told of. Nothing is written but what the cache remembers.
        """
        from varve.api.question import difference as differing
        from varve.api.question.sides import Views

        way = Views(base, view_of(revision))
        return differing.ask(self.repository, way, Selection(environment, tenant), self.effort)

    def blame(self, artifact: str, line: int | None = None, revision: str | None = None) -> "Blamed":
        """Which words of sources make a line of an artifact what it is, in the work tree or in a commit.

        The artifact is named by its path from the folder of `varve.yaml`, and its lines are counted from 1; without one
        all sources are told on which it rests. It must be what the sources say: the findings tell where it is not.
        """
        from varve.api.question import blame as blaming

        return blaming.ask(self.repository, blaming.Question(artifact, line), view_of(revision))

    def check_secrets(self, today: date, environment: str | None = None, tenant: str | None = None) -> "Secured":
        """Judge the sealed files of the work tree and their history, without any key: all, or those of a selection.

        `today` is the day for which the age of data keys is judged. Nothing is decrypted, and nothing written.
        """
        from varve.api.secrets import check as securing

        return securing.check(self.repository, Selection(environment, tenant), today)

    def verify_secrets(
        self, today: date, identities: "Identities", environment: str | None = None, tenant: str | None = None
    ) -> "Verified":
        """Judge them as `check_secrets` does, and open those that are sound, to judge what each value is used for.

        Each file is opened with its holder's identity alone. Nothing is written, and no value is given or shown.
        """
        from varve.api.secrets import verify as verifying

        return verifying.verify(self.repository, Selection(environment, tenant), identities, today)

    def rotate_secrets(self, identities: "Identities", tenant: str | None = None, due: date | None = None) -> "Rotated":
        """Give sealed files new data keys, for those whom the platform names: all files, or those of one tenant.

        With `due`, only those that are older on that day than they may become. In the work tree one after the other is
        replaced when it was opened and compared; what is not sound, or cannot be opened, stays as it was.
        """
        from varve.api.secrets import rotate as rotating

        return rotating.rotate(self.repository, rotating.Wish(identities, tenant, due))

    def render_secrets(self, order: "Order") -> "Rendered":
        """Open the secrets that an environment uses, and let them be what is read in a folder outside any repository.

        All of them appear there in one step; where anything is wrong, what was rendered before stays.
        """
        from varve.api.secrets import render as rendering

        return rendering.render(self.repository, order)

    def edit_secrets(
        self, target: str, identities: "Identities", today: date, environment: str | None = None
    ) -> "Edited":
        """Open SOPS's editor on a sealed file, or on a new one: `<tenant>/<name>`, or a path from the root.

        It is sealed for those whom the platform names, and judged before it is put there; then all files of its holder
        are judged as `check_secrets` does. With an environment `<tenant>/<name>` is the file of that environment alone.
        `ValueError` where no sealed file can stand there.
        """
        from varve.api.secrets import edit as editing

        path = editing.locate(target, environment)
        if path is None:
            raise ValueError(f"`{target}` is not a sealed file; write `<tenant>/<name>`, or its path from the root")
        return editing.edit(self.repository, editing.Wish(path, identities, today))

    def policies(self, revision: str | None = None) -> "Policies":
        """The policies of the work tree or of a commit, with those that varve ships, and where each is asked."""
        from varve.api.policy import listing as governing

        return governing.listed(self.repository, view_of(revision))

    def test_policies(self, ids: Sequence[str] = (), revision: str | None = None) -> "Tried":
        """Try policies of the work tree or of a commit, all or those of these ids, on their own examples."""
        from varve.api.policy import listing as governing

        return governing.test(self.repository, view_of(revision), ids)

    def report_policies(self, request: "Request") -> "Assessed":
        """How tenants stand to the frameworks that they are held to, on a day, in the work tree or in a commit.

        All is asked that can be: what a compile says, whether `build/` is what the sources say, how old data keys are,
        what policies say of their examples and of the newest changes. Nothing is written.
        """
        from varve.api.policy import assessment as assessing

        return assessing.assess(self.repository, request)

    def write_evidence(self, folder: str | PathLike[str], request: "Request") -> "Handed":
        """Write what is reported of a commit, and its repository with the whole history, for somebody to verify.

        The folder must be new or empty. `varve.verify_evidence` makes the same report of it, byte for byte.
        """
        from varve.api.policy import evidence as witnessing

        return witnessing.write_evidence(self.repository, Path(folder), request)

    def build(
        self,
        environment: str | None = None,
        tenant: str | None = None,
        revision: str | None = None,
        announce: "Announce" = lambda _: None,
        trust_base: str | None = None,
    ) -> "Built":
        """Compile the sources, of the work tree or of a commit, and write `build/`.

        With an environment or a tenant only their units are built, and all others keep their artifacts. `announce` is
        given what was found in the sources before anything is written; where it raises, nothing is. `trust_base` is
        that of `check`: of a change that is refused nothing is written.
        """
        from varve.api.compile import build as building
        from varve.api.compile import built

        sources = built.Sources(revision, trust_base, self.effort)
        return building.build(self.repository, Selection(environment, tenant), sources, announce)

    def watch(
        self,
        environment: str | None = None,
        tenant: str | None = None,
        *,
        checks: bool = False,
        stop: "Event | None" = None,
    ) -> "Iterator[Watched]":
        """Build, and build again whenever something is saved: what came of each time, where it brought anything.

        With `checks` everything is judged instead, as `check` does it, and nothing is written. It goes on until `stop`
        is set, or varve's own files change; to wait for another varve that is writing, it tries again. That needs
        `varve[watch]`: `ModuleNotFoundError` without it. `ValueError` where a selection is to be judged.
        """
        from threading import Event

        from varve.api.watch import loop as watching

        selection = Selection(environment, tenant)
        if checks and selection != Selection():
            raise ValueError("checks cover everything; do not select an environment or a tenant")
        return watching.watch(self.repository, watching.Wish(stop or Event(), selection, checks), self.effort)


def open(path: str | PathLike[str] = ".") -> OpenRepository:  # noqa: A001 - the word of the field
    """The repository around `path`; `ConfigError` where there is none, or no git that could read it."""
    report = Report()
    found = world.find(Path(path), report)
    if found is None:
        raise ConfigError(gather(report))
    return OpenRepository(found)
