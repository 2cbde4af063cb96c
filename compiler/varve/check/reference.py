"""Is everything that a unit names also there: its users, packs, secrets, and the prober of its probes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from varve.language.name import dotted, nearest
from varve.model.diagnostic import Report, Rule
from varve.model.layer import Stack
from varve.model.pack import Pack
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment, Resolved
from varve.read.reading import Reading
from varve.read.sealed import sealed
from varve.resolve.history import origin

UNKNOWN_USER = Rule(
    "check/unknown-user",
    "A contact names a user that the tenant does not have",
    "`contact: {user: alice}` names a person under `users`, most often a file `users/alice.yaml` of the tenant. Write "
    "the file, or name somebody who is there.",
)
UNKNOWN_PACK = Rule(
    "check/unknown-pack",
    "A pack that does not exist",
    "A pack is a folder under `templates/packs/`, in the repository or in varve's own library. Packs that apply by "
    "themselves, to objectives and probes, can be given parameters where there are some; those of tenants cannot.",
)
UNKNOWN_SECRET = Rule(
    "check/unknown-secret",
    "A secret that is not sealed anywhere",
    "`{secret: slack/webhook}` is the key `webhook` of the tenant's `secrets/slack.sops.yaml`, or of "
    "`secrets/<environment>/slack.sops.yaml`, which comes first. Names of keys are readable without any key.",
)
NO_PROBER = Rule(
    "check/no-prober",
    "Probes without an exporter that could make them",
    "Probes are made by a blackbox exporter, whose address the platform says under `platform.blackbox`. Without it the "
    "probes of this environment would never run.",
)
NO_SECRETS_ROOT = Rule(
    "check/no-secrets-root",
    "Secrets are used where no folder for them is known",
    "Artifacts hold the path at which the deployed system reads a secret, and the platform says its folder: "
    "`platform.secrets.root`.",
)


class Named(NamedTuple):
    """What names can mean in a unit: the packs, the reading for sealed files, and the environment."""

    packs: Mapping[str, Pack]
    reading: Reading
    environment: Environment


def check(unit: Resolved, named: Named, report: Report) -> None:
    """Report every user, pack, secret and prober that `unit` uses and that is not there."""
    say = _Saying(unit.stack, report)
    users = cast("Map", unit.value.get("users", {}))
    for keys, contact in _contacts(unit.value):
        user = contact.get("user")
        if isinstance(user, str) and user not in users:
            say.unknown(UNKNOWN_USER, f"there is no user `{user}`", (*keys, "user"), (user, list(users)))
    services = cast("dict[str, Map]", unit.value.get("services", {}))
    for service, value in services.items():
        for pack in cast("Map", value.get("packs", {})):
            known = [name for name, each in named.packs.items() if each.applies_to == "service" or value.get(each.applies_to)]
            if pack not in known:
                say.unknown(
                    UNKNOWN_PACK,
                    f"there is no pack `{pack}` to ask for",
                    ("services", service, "packs", pack),
                    (pack, known),
                )
        if value.get("probes") and "blackbox" not in named.environment.platform:
            say.unknown(
                NO_PROBER,
                f"`{named.environment.name}` has no blackbox exporter",
                ("services", service, "probes"),
                ("", []),
            )
    _secrets(unit.value, _folders(unit), named, say)


def check_platform(named: Named, report: Report) -> None:
    """Report every secret that the environment itself uses and that is not sealed under `environments/secrets/`."""
    platform: Map = {"platform": named.environment.platform}
    _secrets(platform, ("environments/secrets",), named, _Saying(named.environment.stack, report))


class _Saying(NamedTuple):
    stack: Stack
    report: Report

    def unknown(self, rule: Rule, message: str, keys: Keys, word: tuple[str, Sequence[str]]) -> None:
        place, notes = origin(self.stack, keys)
        meant = nearest(*word)
        known = f"there are {', '.join(sorted(word[1]))}" if word[1] else "say it, or take the use out"
        self.report.say(rule, message, place, *notes, hint=f"did you mean `{meant}`?" if meant else known)


def _contacts(value: Map) -> Iterator[tuple[Keys, Map]]:
    if isinstance(value.get("contact"), dict):
        yield ("contact",), cast("Map", value["contact"])
    for service, each in cast("dict[str, Map]", value.get("services", {})).items():
        if isinstance(each.get("contact"), dict):
            yield ("services", service, "contact"), cast("Map", each["contact"])


def _uses(value: Value, at: Keys) -> Iterator[tuple[Keys, str]]:
    """Every `{secret: …}` inside `value`."""
    match value:
        case {"secret": str() as name, **rest} if not rest:
            yield at, name
        case dict():
            for key, each in value.items():
                yield from _uses(each, (*at, key))
        case list():
            for index, each in enumerate(value):
                yield from _uses(each, (*at, index))


def _folders(unit: Resolved) -> tuple[str, ...]:
    folder = f"tenants/{unit.unit.tenant}/secrets"
    return f"{folder}/{unit.unit.environment}", folder


def _secrets(value: Map, folders: tuple[str, ...], named: Named, say: _Saying) -> None:
    """Report each use of a secret whose file or key is not in `folders`, the first of which comes first."""
    for keys, name in _uses(value, ()):
        file, _, key = name.partition("/")
        if "secrets" not in named.environment.platform:
            say.unknown(NO_SECRETS_ROOT, f"`{named.environment.name}` has no folder for secrets", keys, ("", []))
        document = next(
            (path for folder in folders if (path := f"{folder}/{file}.sops.yaml") in named.reading.snapshot), None
        )
        if document is None:
            known = [each.removesuffix(".sops") for folder in folders for each in named.reading.names(folder)]
            say.unknown(UNKNOWN_SECRET, f"there is no sealed file `{file}` for `{dotted(keys)}`", keys, (file, known))
            continue
        inside = sealed(named.reading.snapshot.source(document), named.reading.report)
        if inside is not None and key not in inside:
            say.unknown(UNKNOWN_SECRET, f"`{document}` has no key `{key}`", keys, (key, sorted(inside)))
