"""What a text must be, by the name of its format in the schemas."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from varve.check import address
from varve.check.shape import release
from varve.check.shape.hours import SHAPES
from varve.language import gotemplate, matcher, name, promql, recipient
from varve.language.fault import Fault
from varve.language.message import LANGUAGES
from varve.language.time import duration, timezone
from varve.model.diagnostic import Rule
from varve.resolve.notify import ESCALATED


class Format(NamedTuple):
    """A format: the rule that a text breaks which is not of it, how to say so, and a function that says why.

    A reason that begins with `write`, `use` or `begin` is the way out itself; `advice` is it for any other.
    """

    rule: Rule
    denial: str
    fault: Callable[[str], str | None]
    advice: str = ""


BAD_DURATION = Rule(
    "check/bad-duration",
    "A text is no duration",
    "Durations are written as Prometheus writes them, the larger unit first: `30s`, `5m`, `1h30m`, `15d`.",
)
BAD_TIME_ZONE = Rule(
    "check/bad-time-zone",
    "A text is no time zone",
    "Time zones are IANA names such as `Europe/Paris`; abbreviations such as `CET` do not follow the law of a place.",
)
BAD_LOCALE = Rule(
    "check/bad-locale",
    "A text is no locale that varve speaks",
    "A locale is a language and a region, such as `fr_FR` or `de_CH`. The texts of the packs exist in French, English, "
    "German, Spanish and Italian.",
)
BAD_LABEL = Rule(
    "check/bad-label",
    "A label cannot have this name",
    "Label names are letters, digits and underscores, and do not begin with a digit or two underscores. The labels by "
    "which varve tells tenants apart, and those that Prometheus writes itself, cannot be written in a source.",
)
BAD_ANNOTATION = Rule(
    "check/bad-annotation",
    "An annotation cannot have this name",
    "Annotation names are letters, digits and underscores. `summary`, `description`, `runbook_url`, `owner` and "
    "`contact` are written by varve, from the keys of the alert and its service.",
)
BAD_METRIC_NAME = Rule(
    "check/bad-metric-name",
    "A recording cannot have this name",
    "The name of a recording is the name of the metric it makes: letters, digits, underscores and colons.",
)
BAD_ALERT_NAME = Rule(
    "check/bad-alert-name",
    "An alert cannot have this name",
    "Alert names are what people are woken by: letters and digits, a capital letter first, such as `QueueStuck`.",
)
BAD_PROMQL = Rule(
    "check/bad-promql",
    "A text is no PromQL",
    "The expression was read by a parser of PromQL, which found it wrong. One wrong expression would keep Prometheus "
    "from loading the whole file.",
)
BAD_SELECTOR = Rule(
    "check/bad-selector",
    "A text is not one PromQL selector",
    'The counters of an objective are single selectors, such as `http_requests_total{job="checkout"}`: varve itself '
    "takes their rates over every window it needs. Each says the name of its metric: one without would also find "
    "the recordings that are made of it.",
)
BAD_GO_TEMPLATE = Rule(
    "check/bad-go-template",
    "A text holds a template that Prometheus could not or may not run",
    "In texts of alerts Prometheus fills in `{{ $labels.instance }}` and `{{ $value }}`, through functions such as "
    "`humanize`. Functions that query are refused, because they read series of other tenants.",
)
BAD_MATCHERS = Rule(
    "check/bad-matchers",
    "A text selects no alerts",
    'Alerts are selected in the words of Alertmanager: `service="ledger"`, `!=`, `=~` and `!~` with a regular '
    "expression that matches the whole value, and commas between several. Alertmanager has an old and a new grammar, "
    "and the text must mean the same in both: with double quotes around every value, it does.",
)
BAD_URL = Rule(
    "check/bad-url",
    "A text is no URL",
    "URLs are absolute, begin with `http://` or `https://`, and hold neither blanks nor a user name and password. `%` "
    "begins two hexadecimal digits, as in `%20`, and has no place in the name of a host: Prometheus and others refuse "
    "to read it otherwise.",
)
BAD_SLACK_CHANNEL = Rule(
    "check/bad-slack-channel",
    "A text is no Slack channel",
    "A Slack channel is written with its sign, `#payments-oncall`, a person as `@alice`: at most 80 small letters, "
    "digits, hyphens and underscores. In YAML it needs quotes, because ` #` begins a comment.",
)
BAD_EMAIL = Rule(
    "check/bad-email-address",
    "A text is no e-mail address",
    "An e-mail address is `name@host`, without blanks, angle brackets or a display name.",
)
BAD_HOST_PORT = Rule(
    "check/bad-host-port",
    "A text is no host and port",
    "Targets are `host:port`, without a scheme and a path: those are said by `scheme` and `metrics_path`. The hosts "
    "that the platform allows are said without a port, as `*.example.org`, or as a network.",
)
BAD_PATH = Rule(
    "check/bad-path",
    "A text is no path",
    "The path must be absolute, `/like/this`, and hold no `..`, blanks or control characters.",
)
BAD_SECRET_NAME = Rule(
    "check/bad-secret-name",
    "A text does not name a secret",
    "A secret is named by its file and its key: `{secret: slack/webhook}` is the key `webhook` of "
    "`secrets/slack.sops.yaml`.",
)
BAD_RECIPIENT = Rule(
    "check/bad-recipient",
    "A text names no recipient of sealed files",
    "Recipients are public keys: age's, as `age-keygen` prints them, or keys that AWS KMS (`arn:aws:kms:…`), GCP KMS "
    "(`projects/…/cryptoKeys/…`), an Azure Key Vault (`https://…/keys/…`) or a Vault (`https://…/v1/…/keys/…`) holds. "
    "What begins with `AGE-SECRET-KEY-` is the other half, and opens files: if it was pushed, make a new one.",
)
BAD_ID = Rule(
    "check/bad-id",
    "A key or a text is no id",
    "Ids become file names, group names and labels: 2 to 40 characters, lower-case letters, digits and hyphens, a "
    "letter first and no hyphen last.",
)
BAD_LAYER = Rule(
    "check/bad-layer-path",
    "A layer's path or place cannot be used",
    "The path of a layer is relative to `varve.yaml`, has no extension, stays inside `environments/` or `tenants/`, "
    "and names facts as `%{tenant.tier}`. `*` stands for any one name, as the last part of the path.",
)
BAD_FACT_NAME = Rule(
    "check/bad-fact",
    "A text names no fact",
    "The facts of a unit are `environment`, `tenant.id`, and the keys of the `tenant:` map, such as `tenant.tier`.",
)
BAD_VARIABLE = Rule(
    "check/bad-variable",
    "A text cannot name an environment variable",
    "Names of environment variables are capital letters, digits and underscores, a letter first.",
)

WRITTEN_LABELS: Final = frozenset(
    {
        *("tenant", "service", "pack", "severity", "alertname", "alertstate", "escalation", "escalates"),
        *("job", "instance", "component", "probe", "le", "quantile"),
    }
)
WRITTEN_ANNOTATIONS: Final = frozenset({"summary", "description", "runbook_url", "owner", "contact"})

_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}")
_NETLOC = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_NO_URL = re.compile(r"[^A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_SLACK = re.compile(r"[#@][a-z0-9\u00c0-\u024f][a-z0-9_\u00c0-\u024f.-]{0,79}")
_HOST_PORT = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_HOST_PATTERN = re.compile(r"(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
_LOCALE = re.compile(r"([a-z]{2})_[A-Z]{2}")
_FACT = re.compile(r"environment|tenant\.[a-z][a-z_]*")
_LAYER_PATH = re.compile(
    r"(?:environments|tenants)(?:/(?:[a-z0-9-]+|%\{(?:environment|tenant\.[a-z][a-z_]*)\}))*(?:/[a-z0-9-]*\*)?"
)
_LAYER_INTO = re.compile(r"(?:[a-z_]+\.)*(?:[a-z_]+|%\{file\.stem\})")
_HIGHEST_PORT: Final = 65535
_BEATS: Final = ("10s", "1d")
_LONGEST_EMAIL: Final = 254


def _duration(text: str) -> str | None:
    milliseconds = duration.milliseconds(text)
    if milliseconds is None:
        return "write it like `30s`, `5m` or `1h30m`"
    return None if milliseconds else "write one that is longer than nothing"


def _duration_or_zero(text: str) -> str | None:
    return None if duration.is_duration(text) else "write it like `30s`, `5m` or `0s`"


def _heartbeat_interval(text: str) -> str | None:
    least, most = map(duration.lasts, _BEATS)
    sound = least <= duration.lasts(text) <= most
    return None if sound else f"write one from `{_BEATS[0]}` to `{_BEATS[1]}`"


def _time_zone(text: str) -> str | None:
    return None if timezone.is_timezone(text) else "write an IANA name such as `Europe/Paris`"


def _locale(text: str) -> str | None:
    found = _LOCALE.fullmatch(text)
    if not found:
        return "write a language and a region, such as `fr_FR`"
    return None if found[1] in LANGUAGES else f"write one of the languages {', '.join(LANGUAGES)}"


def _label_name(text: str) -> str | None:
    sound = name.is_label_name(text) and not text.startswith("__")
    return None if sound else "use letters, digits and underscores, not a digit or two underscores first"


def _free_label(text: str) -> str | None:
    return "varve or Prometheus writes it" if text in WRITTEN_LABELS else _label_name(text)


def _vendor_label(text: str) -> str | None:
    return "varve writes it" if text == "tenant" else _label_name(text)


def _free_annotation(text: str) -> str | None:
    return "varve writes it" if text in WRITTEN_ANNOTATIONS else _label_name(text)


def _metric_name(text: str) -> str | None:
    return None if name.is_metric_name(text) else "use letters, digits, underscores and colons"


def _alert_name(text: str) -> str | None:
    if not name.is_alert_name(text):
        return "use letters and digits, a capital letter first"
    return _vendor_alert(text)


def _vendor_alert(text: str) -> str | None:
    return "use another name: varve calls its escalations so" if text == ESCALATED else None


def _promql(text: str) -> str | None:
    query = promql.read(text)
    if isinstance(query, Fault):
        return query.message
    kind = query.result_type
    return None if kind in ("vector", "scalar") else f"it gives a {kind}, where a vector or a scalar is needed"


def _selector(text: str) -> str | None:
    query = promql.read(text)
    if isinstance(query, Fault):
        return query.message
    if not query.is_selector:
        return "write one selector, without functions, ranges and operators"
    return None if _names_metric(text) else "write the name of the metric before the braces"


def _names_metric(text: str) -> bool:
    """Whether a selector, which has no fault, says the name of its metric: before its braces, or quoted inside them."""
    tokens = [each for each in promql.lex(text) if isinstance(each, promql.Token) and each.kind not in promql.BLANK]
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    quoted = (each for before, each, after in triples if before.text in "{," and after.text in ",}")
    return tokens[0].text != "{" or any(each.kind is promql.Kind.STRING for each in quoted)


def _go_template(text: str) -> str | None:
    fault = gotemplate.fault(text)
    return fault.message if fault else None


def _matchers(text: str) -> str | None:
    found = matcher.read(text)
    if isinstance(found, Fault):
        return found.message
    return None if found else "it is empty"


def _url(text: str) -> str | None:
    if any(character.isspace() or ord(character) < ord(" ") for character in text):
        return "it holds a blank"
    if strange := _NO_URL.search(text):
        return f"write `{quote(strange[0])}` for `{strange[0]}`"
    if lone := _NO_ESCAPE.search(text):
        return f"write two hexadecimal digits after `%`, or `%25` for the sign itself, instead of `{lone[0]}`"
    try:
        return _parts_of_url(urlsplit(text))
    except ValueError:
        return "it cannot be read"


def _parts_of_url(parts: SplitResult) -> str | None:
    port_is_sound = parts.port is None or parts.port > 0
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_sound:
        return "it must begin with `http://` or `https://` and a host"
    if "@" in parts.netloc:
        return "it holds a user name or a password"
    return None if _NETLOC.fullmatch(parts.netloc) else f"`{parts.netloc}` is no host"


def _slack(text: str) -> str | None:
    return None if _SLACK.fullmatch(text) else "write it like `#payments-oncall`"


def _email(text: str) -> str | None:
    return None if _EMAIL.fullmatch(text) and len(text) <= _LONGEST_EMAIL else "write it like `name@example.org`"


def _host_port(text: str) -> str | None:
    found = _HOST_PORT.fullmatch(text)
    if "://" in text:
        return "write only the host and the port; of a scrape, `scheme` and `metrics_path` say the rest"
    return None if found and 0 < int(found[1]) <= _HIGHEST_PORT else "write it like `checkout-1.example:9090`"


def _host_pattern(text: str) -> str | None:
    sound = _HOST_PATTERN.fullmatch(text) or address.network_of(text)
    return None if sound else "write a host, all hosts below one as `*.example.org`, or a network as `10.1.0.0/16`"


def _path(text: str) -> str | None:
    sound = text.startswith("/") and ".." not in text.split("/") and text.isprintable() and " " not in text
    return None if sound else "begin with `/`, and use no `..` and no blanks"


def _secret_name(text: str) -> str | None:
    file, slash, key = text.partition("/")
    sound = slash and name.is_id(file) and re.fullmatch(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*", key)
    return None if sound else "write the file and the key, such as `slack/webhook`"


def _id(text: str) -> str | None:
    return None if name.is_id(text) else "use 2 to 40 lower-case letters, digits and hyphens"


def _matches(shape: re.Pattern[str], advice: str) -> Callable[[str], str | None]:
    return lambda text: None if shape.fullmatch(text) else advice


FORMATS: Final[Mapping[str, Format]] = {
    "duration": Format(BAD_DURATION, "is no duration", _duration),
    "duration-or-zero": Format(BAD_DURATION, "is no duration", _duration_or_zero),
    "heartbeat-interval": Format(BAD_DURATION, "is no interval of a heartbeat", _heartbeat_interval),
    "time-zone": Format(BAD_TIME_ZONE, "is no time zone", _time_zone),
    "locale": Format(BAD_LOCALE, "is no locale that varve speaks", _locale),
    "label-name": Format(BAD_LABEL, "cannot name a label", _label_name),
    "free-label": Format(BAD_LABEL, "cannot name a label", _free_label, "use another name"),
    "vendor-label": Format(BAD_LABEL, "cannot name a label", _vendor_label, "take it out"),
    "free-annotation": Format(
        BAD_ANNOTATION, "cannot name an annotation", _free_annotation, "use the key of the alert or its service"
    ),
    "metric-name": Format(BAD_METRIC_NAME, "cannot name a metric", _metric_name),
    "alert-name": Format(BAD_ALERT_NAME, "cannot name an alert", _alert_name),
    "vendor-alert": Format(BAD_ALERT_NAME, "cannot name an alert", _vendor_alert),
    "promql": Format(BAD_PROMQL, "is no PromQL that can stand here", _promql, "correct the expression"),
    "promql-selector": Format(BAD_SELECTOR, "is not one PromQL selector", _selector, "correct the selector"),
    "go-template": Format(
        BAD_GO_TEMPLATE, "is no template that Prometheus may run", _go_template, "correct it, or write it out"
    ),
    "matchers": Format(
        BAD_MATCHERS, "selects no alerts", _matchers, 'write it like `service="ledger"`, with commas between several'
    ),
    **{name: Format(*shape) for name, shape in SHAPES.items()},
    "http-url": Format(
        BAD_URL, "is no URL that can be used", _url, "write it like `https://runbooks.example.org/checkout`"
    ),
    "slack-channel": Format(BAD_SLACK_CHANNEL, "is no Slack channel", _slack),
    "email-address": Format(BAD_EMAIL, "is no e-mail address", _email),
    "host-port": Format(BAD_HOST_PORT, "is no host and port", _host_port),
    "host-pattern": Format(BAD_HOST_PORT, "names no hosts", _host_pattern),
    "url-path": Format(BAD_PATH, "is no path that can be used", _path),
    "absolute-path": Format(BAD_PATH, "is no path that can be used", _path),
    "secret-name": Format(BAD_SECRET_NAME, "does not name a secret", _secret_name),
    **{
        each: Format(release.BAD_VERSION, "is no version that varve writes for", partial(release.fault, format_=each))
        for each in release.OLDEST
    },
    "recipient": Format(BAD_RECIPIENT, "names no recipient", recipient.fault),
    "id": Format(BAD_ID, "is no id", _id),
    "layer-path": Format(
        BAD_LAYER,
        "cannot be used by a layer",
        _matches(_LAYER_PATH, "write it like `environments/tiers/%{tenant.tier}`"),
    ),
    "layer-into": Format(
        BAD_LAYER, "cannot be used by a layer", _matches(_LAYER_INTO, "write it like `services.%{file.stem}`")
    ),
    "fact": Format(BAD_FACT_NAME, "is no fact", _matches(_FACT, "write `environment`, or `tenant.` and a key")),
    "variable": Format(
        BAD_VARIABLE,
        "cannot name an environment variable",
        _matches(re.compile(r"[A-Z][A-Z0-9_]*"), "use capital letters, digits and underscores"),
    ),
}
