"""Whether everything exists to which a unit refers: users, packs, secrets, and the exporter for its probes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from varve.check.secrets import usage
from varve.language.name import dotted, nearest
from varve.model.diagnostic import Report, Rule
from varve.model.pack import Pack
from varve.model.source import Keys, Map
from varve.model.unit import Environment, Resolved
from varve.read.reading import Reading
from varve.resolve.reporting import ValueReporter

UNKNOWN_USER = Rule(
    "check/unknown-user",
    "Contact is an unknown user",
    "`contact: {user: alice}` refers to a person under `users`, most often a file `users/alice.yaml` of the tenant. "
    "Write the file, or name somebody who is there.",
)
UNKNOWN_PACK = Rule(
    "check/unknown-pack",
    "Unknown pack",
    "A pack is a folder under `templates/packs/`, in the repository or in varve's own library. Packs that apply "
    "automatically, to objectives and probes, can be given parameters if the unit has any of these; those for "
    "tenants cannot.",
)
UNKNOWN_SECRET = Rule(
    "check/unknown-secret",
    "Secret is not sealed anywhere",
    "`{secret: slack/webhook}` is the key `webhook` of the tenant's `secrets/slack.sops.yaml`, or of "
    "`secrets/<environment>/slack.sops.yaml`, which comes first. The names of keys can be read without decrypting.",
)
NO_PROBER = Rule(
    "check/no-prober",
    "No exporter to run probes",
    "A blackbox exporter runs probes, and the platform sets its address under `platform.blackbox`. Without it the "
    "probes of this environment would never run.",
)
NO_SECRETS_ROOT = Rule(
    "check/no-secrets-root",
    "No folder for secrets",
    "Artifacts hold the path at which the deployed system reads a secret, and the platform sets the folder: "
    "`platform.secrets.root`.",
)


class Definitions(NamedTuple):
    """What a unit can refer to: the packs, the sealed files in the reading, and the environment."""

    packs: Mapping[str, Pack]
    reading: Reading
    environment: Environment


def check(unit: Resolved, definitions: Definitions, report: Report) -> None:
    """Report references of `unit` to users, packs and secrets that do not exist, and probes without an exporter."""
    check_users(unit, report)
    reporter = ValueReporter(unit.stack, report)
    for service, value in cast("dict[str, Map]", unit.value.get("services", {})).items():
        usable = [
            name
            for name, each in definitions.packs.items()
            if each.applies_to == "service" or value.get(each.applies_to)
        ]
        for pack in cast("Map", value.get("packs", {})):
            if pack not in usable:
                message, hint = _no_pack(pack, usable, definitions.packs)
                reporter.at(("services", service, "packs", pack), UNKNOWN_PACK, message, hint=hint, on="key")
        if value.get("probes") and "blackbox" not in definitions.environment.platform:
            message = f"`{definitions.environment.name}` has no blackbox exporter"
            hint = "let the platform set `platform.blackbox.address`, or remove the probes"
            reporter.at(("services", service, "probes"), NO_PROBER, message, hint=hint, on="key")
    check_secrets(unit, definitions, report)


def check_secrets(unit: Resolved, definitions: Definitions, report: Report) -> None:
    """Report every secret that `unit` uses and that is not sealed for it."""
    _check_sealed(
        unit.value, ("unit", ()), usage.folders(unit), _References(definitions, ValueReporter(unit.stack, report))
    )


def check_users(unit: Resolved, report: Report) -> None:
    """Report every contact that is an unknown user; only the unit itself is needed."""
    reporter = ValueReporter(unit.stack, report)
    users = cast("Map", unit.value.get("users", {}))
    for keys, contact in _contacts(unit.value):
        user = contact.get("user")
        if isinstance(user, str) and user not in users:
            hint = _advice(user, list(users), f"write `tenants/{unit.unit.tenant}/users/{user}.yaml`")
            reporter.at((*keys, "user"), UNKNOWN_USER, f"there is no user `{user}`", hint=hint)


def check_platform(definitions: Definitions, report: Report) -> None:
    """Report every secret that the environment itself uses and that is not sealed under `environments/secrets/`."""
    references = _References(definitions, ValueReporter(definitions.environment.stack, report))
    _check_sealed(definitions.environment.platform, ("platform", ("platform",)), usage.PLATFORM_FOLDERS, references)


class _References(NamedTuple):
    """What can be referred to, and how to report what cannot."""

    definitions: Definitions
    reporter: ValueReporter


def _advice(word: str, known: Collection[str], otherwise: str) -> str:
    meant = nearest(word, known)
    if meant:
        return f"did you mean `{meant}`?"
    choices = f", or name one of {', '.join(sorted(known))}" if known else ""
    return otherwise + choices


def _no_pack(name: str, usable: Sequence[str], packs: Mapping[str, Pack]) -> tuple[str, str]:
    """The message and the hint for a pack that cannot be used here."""
    if name in packs:
        whole = packs[name].applies_to == "tenant"
        scope = "every tenant as a whole" if whole else f"{packs[name].applies_to}, and there are none"
        return f"`{name}` applies automatically to {scope}", "remove it"
    return f"there is no pack `{name}`", _advice(name, usable, f"write `templates/packs/{name}/pack.yaml`")


def _contacts(value: Map) -> Iterator[tuple[Keys, Map]]:
    if isinstance(value.get("contact"), dict):
        yield ("contact",), cast("Map", value["contact"])
    for service, each in cast("dict[str, Map]", value.get("services", {})).items():
        if isinstance(each.get("contact"), dict):
            yield ("services", service, "contact"), cast("Map", each["contact"])


def _target(folder: str, name: str) -> str:
    """A sealed file as commands name it: `acme/slack`, or by its path if it is the platform's."""
    return f"{folder.split('/')[1]}/{name}" if folder != usage.PLATFORM_FOLDERS[0] else f"{folder}/{name}.sops.yaml"


def _check_sealed(value: Map, kind: tuple[str, Keys], folders: tuple[str, ...], references: _References) -> None:
    """Report each use of a secret whose file or key is not in `folders`; the first folder takes precedence."""
    (definitions, reporter), (schema, at) = references, kind
    for keys, name in usage.references(value, at, schema):
        file, _, key = name.partition("/")
        if "secrets" not in definitions.environment.platform:
            message = f"`{definitions.environment.name}` has no folder for secrets"
            hint = "let the platform set `platform.secrets.root`, or remove the secret"
            reporter.at(keys, NO_SECRETS_ROOT, message, hint=hint)
        path = usage.sealed_path(definitions.reading, folders, file)
        if path is None:
            known = [each.removesuffix(".sops") for folder in folders for each in definitions.reading.names(folder)]
            hint = _advice(file, known, f"seal it with `varve secrets edit {_target(folders[-1], file)}`")
            reporter.at(keys, UNKNOWN_SECRET, f"there is no sealed file `{file}` for `{dotted(keys)}`", hint=hint)
            continue
        sealed = definitions.reading.sealed(path, reporter.report)
        if sealed is not None and key not in sealed.names:
            hint = _advice(key, sealed.names, f"seal `{key}` in it with `varve secrets edit {path}`")
            reporter.at(keys, UNKNOWN_SECRET, f"`{path}` has no key `{key}`", hint=hint)
