"""An opened repository, its units, and the calls on them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from varve.api.effort import DEFAULT_EFFORT, Effort
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
    from varve.api.policy.evidence import WrittenEvidence
    from varve.api.policy.listing import ExampleResults, Policies
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
    """One tenant in one environment of a repository; each call looks at the files anew.

    Mistakes in the sources are diagnostics of each call's result, and so is a `unit` that does not exist.
    """

    repository: Repository
    unit: Unit

    def resolve(self, revision: str | None = None) -> "Answer":
        """The resolved value of the unit, in the work tree or in the commit named `revision`.

        The result's `value` is a dict of dicts, lists and scalars, or None if the unit is broken or does not exist.
        """
        from varve.api.question import resolve as resolving

        return resolving.resolve(self.repository, self.unit, view_of(revision))

    def explain(self, path: str = "", revision: str | None = None) -> "Explained":
        """The history of the value at a path such as `services.checkout.slos`, or without a path, of every value.

        The sources are those of the work tree, or of the commit named `revision`. The result has the `value` at the
        path and its `lines`, one for each layer that sets something there, the strongest first.

        Raises `ValueError` if `path` is not a path.
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
        """Who is notified of an alert, by the routes that the sources compile to; nothing is written.

        `labels` are the alert's labels, a mapping of names to values; if they are None, the result has a decision for
        every alert that the unit's rules can fire. `at` is the time of the alert: an aware `datetime`, or a text such
        as `2026-11-21T03:00`, which is in the unit's time zone if it has no offset; if it is None, hours are ignored.
        `firing` are the labels of other alerts that fire at the same time, and may inhibit it. The label `tenant` and
        the environment's external labels are added to all of these alerts. The sources are those of the work tree, or
        of the commit named `revision`.

        The result has no `decisions` and no `tree` if the unit is broken or its environment has no Alertmanager.

        Raises `ValueError` if `at` is not such a time.
        """
        from varve.api.question import route as routing

        return routing.route(self.repository, self.unit, routing.Question(labels, at, firing), view_of(revision))


@dataclass(frozen=True, slots=True)
class OpenRepository:
    """A repository that varve can compile. It caches no files: every call looks at the files as they are then.

    `effort` says how the calls that compile all units do their work. Mistakes in the sources, and a commit that git
    does not know, are diagnostics of a call's result, which is then `broken`. Where a call takes a `revision`, that is
    the name of a commit whose files are used instead of the work tree's; where it takes an `environment` or a `tenant`,
    it is limited to those units.
    """

    repository: Repository
    effort: Effort = DEFAULT_EFFORT

    @property
    def root(self) -> Path:
        """The folder that contains `varve.yaml`."""
        return self.repository.root

    def by(self, effort: Effort) -> "OpenRepository":
        """The same repository, whose calls do their work as `effort` says.

        Raises `ValueError` if `effort.jobs` is less than 1.
        """
        if effort.jobs < 1:
            raise ValueError("work needs at least one process")
        return replace(self, effort=effort)

    def unit(self, tenant: str, environment: str) -> OpenUnit:
        """One tenant in one environment; whether they exist is only checked by the calls on the unit."""
        return OpenUnit(self.repository, Unit(tenant, environment))

    def check(
        self,
        revision: str | None = None,
        *,
        staged: bool = False,
        trust_base: str | None = None,
        today: date | None = None,
    ) -> "Checked":
        """Judge the sources of the work tree or of a commit, and whether `build/` matches them.

        With `staged`, the files in git's index are judged. With `trust_base`, the name of a commit, the files are
        judged as a change of that commit, by its platform files; the change is refused if it mixes files of the
        platform and of a tenant, or changes what only the platform may decide. With `today`, a waiver that has ended
        before that day, or is granted on a later one, is reported, and so is one that was granted more than two weeks
        earlier and that nothing needs.

        Nothing is written except cached verdicts. Raises `ValueError` if both `revision` and `staged` are given.
        """
        from varve.api.compile import check as checking
        from varve.api.compile import checked

        if staged and revision is not None:
            raise ValueError("a revision and what is staged are different files; choose one of them")
        request = checked.Request(trust_base, today, self.effort)
        return checking.check(self.repository, views.Index() if staged else view_of(revision), request)

    def affected(self, base: str, revision: str | None = None) -> "Affected":
        """The units and artifacts that change from the commit `base` to the work tree or to another commit, and why.

        Nothing is written except cached verdicts.
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

        The result has the values, alerts, recordings, routes and artifacts that differ, each change once with all units
        that have it. Nothing is written except cached verdicts.
        """
        from varve.api.question import difference as differing
        from varve.api.question.sides import Views

        sides = Views(base, view_of(revision))
        return differing.ask(self.repository, sides, Selection(environment, tenant), self.effort)

    def blame(self, artifact: str, line: int | None = None, revision: str | None = None) -> "Blamed":
        """The source words that determine a line of an artifact, in the work tree or in a commit.

        `artifact` is a path relative to the folder of `varve.yaml`, and `line` is counted from 1; without a line, the
        result has all sources that the artifact depends on. The artifact must match its sources: it is a diagnostic if
        it does not, or if there is no such artifact or line. Nothing is written.
        """
        from varve.api.question import blame as blaming

        return blaming.ask(self.repository, blaming.Question(artifact, line), view_of(revision))

    def check_secrets(self, today: date, environment: str | None = None, tenant: str | None = None) -> "Secured":
        """Judge the sealed files of the work tree and their history, without any key; nothing is decrypted or written.

        `today` is the date by which the age of data keys is judged.
        """
        from varve.api.secrets import check as securing

        return securing.check(self.repository, Selection(environment, tenant), today)

    def verify_secrets(
        self, today: date, identities: "Identities", environment: str | None = None, tenant: str | None = None
    ) -> "Verified":
        """Judge sealed files as `check_secrets` does, then open the sound ones and judge each value by its uses.

        `identities` say where the keys are: in `folder`, which has one for each holder, or in `file`. Each file is
        opened only with its own holder's identity. Nothing is written, and the result contains no value.
        """
        from varve.api.secrets import verify as verifying

        return verifying.verify(self.repository, Selection(environment, tenant), identities, today)

    def rotate_secrets(self, identities: "Identities", tenant: str | None = None, due: date | None = None) -> "Rotated":
        """Seal files anew, with new data keys and for the recipients that the platform names now.

        With `due`, only those files whose data keys are older on that date than the platform allows. Each file of the
        work tree is replaced by itself, after the new one was opened and compared with it; a file that is not sound, or
        cannot be opened, is unchanged.
        """
        from varve.api.secrets import rotate as rotating

        return rotating.rotate(self.repository, rotating.Request(identities, tenant, due))

    def render_secrets(self, order: "Order") -> "Rendered":
        """Open the secrets that an environment uses, and write them to a folder outside the repository.

        The `order` says which environment and tenant, with which identities, and to which folder. The new files replace
        the old ones in one step; if anything is wrong, the folder stays as it was.
        """
        from varve.api.secrets import render as rendering

        return rendering.render(self.repository, order)

    def edit_secrets(
        self, target: str, identities: "Identities", today: date, environment: str | None = None
    ) -> "Edited":
        """Open SOPS's editor on a sealed file, or on a new one; it needs a terminal.

        `target` is `<tenant>/<name>`, or the file's path relative to the folder of `varve.yaml`; with an `environment`,
        `<tenant>/<name>` is the file for that environment only. The file is sealed for the recipients that the platform
        names, and written only if it is sound; then all files of its holder are judged as `check_secrets` does.

        Raises `ValueError` if there can be no sealed file at that path.
        """
        from varve.api.secrets import edit as editing

        path = editing.locate(target, environment)
        if path is None:
            raise ValueError(f"`{target}` is not a sealed file; write `<tenant>/<name>`, or its path from the root")
        return editing.edit(self.repository, editing.Request(path, identities, today))

    def policies(self, revision: str | None = None) -> "Policies":
        """The policies of the work tree or of a commit, and those that varve ships, each with where it is active."""
        from varve.api.policy import listing as governing

        return governing.listed(self.repository, view_of(revision))

    def test_policies(self, ids: Sequence[str] = (), revision: str | None = None) -> "ExampleResults":
        """Test policies of the work tree or of a commit, all or those with these ids, on their own examples.

        An unknown id is a diagnostic, and so is each example with another result than expected.
        """
        from varve.api.policy import listing as governing

        return governing.test(self.repository, view_of(revision), ids)

    def report_policies(self, request: "Request") -> "Assessed":
        """How tenants stand to the frameworks that they are held to, on the day `request.today`.

        The report covers everything that can be checked: the compile, whether `build/` matches the sources, the age of
        data keys, the policies' own examples, and the policies on the newest `request.history` changes. Nothing is
        written.
        """
        from varve.api.policy import assessment as assessing

        return assessing.assess(self.repository, request)

    def write_evidence(self, folder: str | PathLike[str], request: "Request") -> "WrittenEvidence":
        """Write the report on a commit to a folder, with the repository and its whole history, to be verified.

        The folder must be new or empty. `varve.verify_evidence` reproduces the same report from it, byte for byte.
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
        """Compile the sources of the work tree or of a commit, and write `build/`.

        With an environment or a tenant, only their units are built, and all others keep their artifacts. `announce` is
        called once with the findings about the sources before anything is written; if it raises, nothing is written,
        and the exception is passed on. With `trust_base`, the sources are judged as in `check`, and nothing is written
        if the change is refused.
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
        """Build now, and again after each change of the files, and yield the results that bring anything new.

        With `checks`, everything is judged as by `check` instead, and nothing is written. The iterator ends when `stop`
        is set, or when varve's own files have changed. If another varve is writing, it tries again.

        Raises `ValueError` if `checks` is combined with an environment or a tenant, and `ModuleNotFoundError` without
        the extra `varve[watch]`; the iterator raises `varve.world.disk.watcher.Unwatched` if the operating system
        cannot watch the files.
        """
        from threading import Event

        from varve.api.watch import loop as watching

        selection = Selection(environment, tenant)
        if checks and selection != Selection():
            raise ValueError("checks cover everything; do not select an environment or a tenant")
        return watching.watch(self.repository, watching.Task(stop or Event(), selection, checks), self.effort)


def open(path: str | PathLike[str] = ".") -> OpenRepository:  # noqa: A001 - the word of the field
    """The repository around `path`: `varve.yaml` is looked for in that folder and its parents.

    Raises `ConfigError` if there is none, or no git that can read it.
    """
    report = Report()
    found = world.find(Path(path), report)
    if found is None:
        raise ConfigError(gather(report))
    return OpenRepository(found)
