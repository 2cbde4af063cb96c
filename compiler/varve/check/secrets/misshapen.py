"""Whether each secret has the form that its use needs, from one table of the forms of webhooks, keys and tokens."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, cast

from varve.check.secrets.usage import Use
from varve.check.shape.format import FORMATS
from varve.language import address, regex
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


class SecretUse(NamedTuple):
    """A use of a secret, with its environment, its tenant (None for the platform) and the stack that refers to it."""

    environment: Environment
    tenant: str | None
    stack: Stack
    use: Use


class Restriction(NamedTuple):
    """What restricts a value besides its form: the hosts that may be notified, or None if any may be."""

    allowed: tuple[str, ...] | None


Shape = Callable[[str, Restriction], str | None]


def _matching(pattern: str, fault: str) -> Shape:
    """A check that the whole value matches `pattern`; `fault` is the description of one that does not."""
    return lambda value, _: None if regex.trusted(pattern).fullmatch(value) else fault


def _issued_or_allowed(pattern: str, fault: str) -> Shape:
    """A check that a URL is the issuer's own, or leads to a host that the platform allows by name."""

    def fault_of(value: str, restriction: Restriction) -> str | None:
        if regex.trusted(pattern).fullmatch(value):
            return None
        return fault if restriction.allowed is None else _url(value, restriction) and fault

    return fault_of


def _url(value: str, restriction: Restriction) -> str | None:
    if not value.startswith("https://") or FORMATS["http-url"].fault(value):
        return "is not a valid `https` URL"
    host = address.of_url(value).host
    if restriction.allowed is None:
        return None
    if address.danger(host) or not any(address.matches(host, each) for each in restriction.allowed):
        return "has a host that `platform.notify.allow` does not list"
    return None


def _anything(_value: str, _restriction: Restriction) -> str | None:
    return None


_PASSWORD: Final = _anything
_LOGIN: Final = _matching(r"[!-~]+", "is not a credential that fits in a header; the type goes into `type`")

SHAPES: Final[Mapping[tuple[str, str], Shape]] = {
    ("slack", "url"): _issued_or_allowed(
        r"https://hooks\.slack(?:-gov)?\.com/(?:services/T\w+/B\w+|workflows/\w+/\w+(?:/\w+)?|triggers/\w+/\w+)/\w+",
        "is not a Slack webhook",
    ),
    ("slack", "token"): _matching(r"xox[abp]-[A-Za-z0-9-]{10,}", "is not a Slack app token"),
    ("pagerduty", "routing_key"): _matching(
        r"[A-Za-z0-9]{32}", "is not a PagerDuty key, which has 32 letters and digits"
    ),
    ("webhook", "url"): _url,
    ("opsgenie", "api_key"): _matching(r"[A-Za-z0-9-]{16,64}", "is not an Opsgenie key"),
    ("msteams", "url"): _issued_or_allowed(
        r"https://[a-z0-9.-]+\.(?:webhook\.office\.com|logic\.azure\.com(?::443)?"
        r"|environment\.api\.powerplatform\.com(?::443)?)/\S+",
        "is not a Microsoft Teams webhook",
    ),
    ("discord", "url"): _issued_or_allowed(
        r"https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d+/[\w-]+", "is not a Discord webhook"
    ),
    ("telegram", "bot_token"): _matching(r"\d{6,12}:[\w-]{35}", "is not a Telegram bot token"),
    ("basic_auth", "password"): _PASSWORD,
    ("authorization", "credentials"): _LOGIN,
    ("smtp", "password"): _PASSWORD,
    ("heartbeat", "url"): _url,
    ("", "heartbeat_url"): _url,
}
"""The check for each use of a secret, by the last two keys of the path at which it is used; the first may be empty."""


def check(
    uses: Iterable[SecretUse], sealed: Mapping[str, Sealed], values: Mapping[str, Mapping[str, Secret]], report: Report
) -> None:
    """Report each opened secret that does not have the form that one of its uses needs.

    `sealed` are the files by path, `values` the secrets by path and name. No value, nor any part of one, is shown.
    """
    for each in uses:
        secret = values.get(each.use.file, {}).get(each.use.key)
        if secret is not None and (fault := _fault(secret, each)):
            place = Place(each.use.file, sealed[each.use.file].names[each.use.key], "key", sealed=True)
            message = f"`{plain.show(each.use.key)}` of `{each.use.file}` {fault}"
            report.add(MISSHAPEN_SECRET, message, place, Note("it is used here", _place(each)), hint=_HINT)


def _place(secret_use: SecretUse) -> Place:
    return origin(secret_use.stack, secret_use.use.keys)[0]


def _fault(secret: Secret, secret_use: SecretUse) -> str | None:
    value = secret.reveal().decode()
    if not value.strip():
        return "is empty"
    if value.endswith("\n"):
        return "ends with a line break"
    if not value.isprintable():
        return "contains an invisible character"
    if value != value.strip():
        return "begins or ends with a blank, which its reader strips"
    return shape(secret_use.use.keys)(value, Restriction(_allowed(secret_use)))


def shape(keys: Keys) -> Shape:
    """The check for a secret that is used at `keys`; one that accepts everything if the table has none."""
    kind, field = (str(each) for each in keys[-2:])
    return SHAPES.get((kind, field)) or SHAPES.get(("", field), _anything)


def _allowed(secret_use: SecretUse) -> tuple[str, ...] | None:
    """The hosts that a tenant may notify, if the platform restricts them; the platform itself may notify any host."""
    notify = cast("dict[str, dict[str, list[str]]]", secret_use.environment.platform).get("notify", {})
    return tuple(notify["allow"]) if secret_use.tenant is not None and "allow" in notify else None
