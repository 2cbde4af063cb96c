"""Is each secret of the shape that its use needs: one table says what a webhook, a key or a token looks like."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, cast

from varve.check import address
from varve.check.secrets.usage import Use
from varve.check.shape.format import FORMATS
from varve.language import regex
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.layer import Stack
from varve.model.secret import Secret
from varve.model.source import Keys
from varve.model.unit import Environment
from varve.read import plain
from varve.read.sealed.file import Sealed
from varve.resolve.history import origin

MISSHAPEN_SECRET = Rule(
    "check/misshapen-secret",
    "Secret does not fit its use",
    "Nobody can see what is sealed, so a value that was truncated, pasted with a line break or stored under the "
    "wrong name is noticed only when an alert reaches nobody. If a key is available, each value is compared with the "
    "format of its issuer, and with the hosts that tenants may notify. Seal the right value; it is never shown.",
)

_HINT: Final = "seal the right value with `sops`"


class Using(NamedTuple):
    """A use of a secret: in which environment, whose it is (a tenant's, or without one the platform's), said where."""

    environment: Environment
    tenant: str | None
    stack: Stack
    use: Use


class Judge(NamedTuple):
    """What a value is judged by: the hosts that may be told, or None where any may be."""

    allowed: tuple[str, ...] | None


Shape = Callable[[str, Judge], str | None]


def _formed(pattern: str, fault: str) -> Shape:
    """What the whole of a value has to match, or else the fault that it has."""
    return lambda value, _: None if regex.trusted(pattern).fullmatch(value) else fault


def _hosted(pattern: str, fault: str) -> Shape:
    """A URL of the issuer's own, or one that leads to a host which the platform allows by name."""

    def judged(value: str, judge: Judge) -> str | None:
        if regex.trusted(pattern).fullmatch(value):
            return None
        return fault if judge.allowed is None else _url(value, judge) and fault

    return judged


def _url(value: str, judge: Judge) -> str | None:
    if not value.startswith("https://") or FORMATS["http-url"].fault(value):
        return "is not a valid `https` URL"
    host = address.of_url(value).host
    if judge.allowed is None:
        return None
    if address.danger(host) or not any(address.matches(host, each) for each in judge.allowed):
        return "has a host that `platform.notify.allow` does not list"
    return None


def _any(_value: str, _judge: Judge) -> str | None:
    return None


_PASSWORD: Final = _any
_LOGIN: Final = _formed(r"[!-~]+", "is not a credential that fits in a header; the type goes into `type`")

SHAPES: Final[Mapping[tuple[str, str], Shape]] = {
    ("slack", "url"): _hosted(
        r"https://hooks\.slack(?:-gov)?\.com/(?:services/T\w+/B\w+|workflows/\w+/\w+(?:/\w+)?|triggers/\w+/\w+)/\w+",
        "is not a Slack webhook",
    ),
    ("slack", "token"): _formed(r"xox[abp]-[A-Za-z0-9-]{10,}", "is not a Slack app token"),
    ("pagerduty", "routing_key"): _formed(
        r"[A-Za-z0-9]{32}", "is not a PagerDuty key, which has 32 letters and digits"
    ),
    ("webhook", "url"): _url,
    ("opsgenie", "api_key"): _formed(r"[A-Za-z0-9-]{16,64}", "is not an Opsgenie key"),
    ("msteams", "url"): _hosted(
        r"https://[a-z0-9.-]+\.(?:webhook\.office\.com|logic\.azure\.com(?::443)?"
        r"|environment\.api\.powerplatform\.com(?::443)?)/\S+",
        "is not a Microsoft Teams webhook",
    ),
    ("discord", "url"): _hosted(
        r"https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d+/[\w-]+", "is not a Discord webhook"
    ),
    ("telegram", "bot_token"): _formed(r"\d{6,12}:[\w-]{35}", "is not a Telegram bot token"),
    ("basic_auth", "password"): _PASSWORD,
    ("authorization", "credentials"): _LOGIN,
    ("smtp", "password"): _PASSWORD,
    ("heartbeat", "url"): _url,
    ("", "heartbeat_url"): _url,
}
"""What each use of a secret needs, by the last two words of the path at which it is used, the first of them or none."""


def check(
    using: Iterable[Using], sealed: Mapping[str, Sealed], values: Mapping[str, Mapping[str, Secret]], report: Report
) -> None:
    """Report each secret that was opened and is not what one of its uses needs.

    `sealed` are the files by path, `values` the secrets by path and name. No value, and nothing of it, is said.
    """
    for each in using:
        secret = values.get(each.use.file, {}).get(each.use.key)
        if secret is not None and (fault := _fault(secret, each)):
            place = Place(each.use.file, sealed[each.use.file].names[each.use.key], "key", sealed=True)
            message = f"`{plain.show(each.use.key)}` of `{each.use.file}` {fault}"
            report.say(MISSHAPEN_SECRET, message, place, Note("it is used here", _place(each)), hint=_HINT)


def _place(using: Using) -> Place:
    return origin(using.stack, using.use.keys)[0]


def _fault(secret: Secret, using: Using) -> str | None:
    value = secret.reveal().decode()
    if not value.strip():
        return "is empty"
    if value.endswith("\n"):
        return "ends with a line break"
    if not value.isprintable():
        return "contains an invisible character"
    if value != value.strip():
        return "begins or ends with a blank, which its reader strips"
    return shape(using.use.keys)(value, Judge(_allowed(using)))


def shape(keys: Keys) -> Shape:
    """What a secret needs that is used at `keys`; nothing where the table does not say it."""
    kind, field = (str(each) for each in keys[-2:])
    return SHAPES.get((kind, field)) or SHAPES.get(("", field), _any)


def _allowed(using: Using) -> tuple[str, ...] | None:
    """The hosts that a tenant may have told, where the platform says any; it may itself tell whom it likes."""
    said = cast("dict[str, dict[str, list[str]]]", using.environment.platform).get("notify", {})
    return tuple(said["allow"]) if using.tenant is not None and "allow" in said else None
