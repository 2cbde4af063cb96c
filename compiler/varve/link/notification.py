"""The texts of notifications: one file of Alertmanager templates for each locale that somebody is notified in."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.language import blockkit
from varve.language.fault import Fault
from varve.language.name import dotted
from varve.language.notification import (
    BLOCKS_SINCE,
    DETAILS,
    HTML,
    JIRA,
    JSON_PLAIN,
    LEAD,
    LINKS,
    MESSAGES,
    MRKDWN,
    NAMES,
    PLACEHOLDERS,
    PLAIN,
    QUOTED_SINCE,
    TEAMS,
    WAY_OUT,
    Medium,
    definitions,
    either,
    laid,
    link,
    longest,
    payload,
    read,
    sharing,
    stepped,
    words,
    write,
)
from varve.link.linking import Linking
from varve.model.artifact import Artifact
from varve.model.diagnostic import Place, Rule
from varve.model.source import Map, Value
from varve.resolve.destination import links
from varve.resolve.platform import at_least

BAD_TEXT = Rule(
    "link/bad-text",
    "Notification text is not valid",
    "`templates/alertmanager/<kind>.yaml.j2` provides a text for each part of a notification of that kind: a line "
    "with names in it such as `%(alert)s`, a piece with `text`, `link` or `each`, or a list of pieces. No tenant can "
    "fix this: change the template.",
)
TEXT_LIMIT = Rule(
    "link/text-limit",
    "Notification could be too long for its receiver",
    "Every value of an alert is cut, so the maximum length of a text is known before any alert fires. A service that "
    "receives more refuses it, or cuts it off in the middle. Shorten the text, give values less room with `cut`, or "
    "list fewer alerts with `most`.",
)

_WORDS: Final = "words"


class _Language(NamedTuple):
    """The words of a locale, and `shared`, the prefix of the names of its definitions that print values."""

    words: Mapping[str, str]
    shared: str


class _Text(NamedTuple):
    """The medium of a text, and the most characters that the receiving service accepts."""

    medium: Medium
    most: int


_QUOTED: Final = "pagerduty.details."
_BUTTONS: Final = {
    f"{kind}.{name}.text": _Text(medium, 75)
    for kind, medium in (("slack", MRKDWN), ("pagerduty", PLAIN))
    for name in LINKS
}

DEFINED: Final[Mapping[str, _Text]] = {
    "slack.title": _Text(MRKDWN, 400),
    "slack.fallback": _Text(MRKDWN, 1000),
    "slack.text": _Text(MRKDWN, 3500),
    "slack.footer": _Text(MRKDWN, 300),
    **{f"slack.{name}.title": _Text(MRKDWN, 75) for name in DETAILS},
    **{f"slack.{name}.value": _Text(MRKDWN, 300) for name in DETAILS},
    "pagerduty.description": _Text(PLAIN, 1024),
    "pagerduty.class": _Text(PLAIN, 255),
    "pagerduty.component": _Text(PLAIN, 255),
    **{f"pagerduty.details.{name}": _Text(PLAIN, 10_000) for name in ("firing", "resolved", *DETAILS)},
    **_BUTTONS,
    "email.subject": _Text(PLAIN, 400),
    "email.text": _Text(PLAIN, 100_000),
    "email.html": _Text(HTML, 100_000),
    "opsgenie.message": _Text(PLAIN, 130),
    "opsgenie.description": _Text(PLAIN, 15_000),
    "msteams.title": _Text(TEAMS, 400),
    "msteams.text": _Text(TEAMS, 20_000),
    "discord.title": _Text(PLAIN, 256),
    "discord.message": _Text(PLAIN, 2048),
    "telegram.message": _Text(PLAIN, 4096),
    "jira.summary": _Text(PLAIN, 255),
    "jira.description": _Text(JIRA, 32_767),
}
"""Every text that the templates provide, by its name, with the limit of the service that receives it."""

_KINDS: Final = tuple(dict.fromkeys(name.partition(".")[0] for name in DEFINED))

_SEVERITY: Final = "$a.Labels.severity"
_RESOLVED: Final = 'eq $.Status "resolved"'


def _by_severity(critical: str, warning: str, others: str) -> str:
    return (
        f'{{{{ if eq {_SEVERITY} "critical" }}}}{critical}{{{{ else if eq {_SEVERITY} "warning" }}}}{warning}'
        f"{{{{ else }}}}{others}{{{{ end }}}}"
    )


def _by_worst_severity(critical: str, warning: str, others: str) -> str:
    """The value for the most severe firing alert, or the most severe resolved one if none fires."""
    return (
        f'{{{{ $w := "{others}" }}}}{{{{ range or $.Alerts.Firing $.Alerts }}}}'
        f'{{{{ if eq .Labels.severity "critical" }}}}{{{{ $w = "{critical}" }}}}'
        f'{{{{ else if and (eq .Labels.severity "warning") (ne $w "{critical}") }}}}{{{{ $w = "{warning}" }}}}'
        "{{ end }}{{ end }}{{ $w }}"
    )


def _unless_resolved(resolved: str, firing: str) -> str:
    return f"{{{{ if {_RESOLVED} }}}}{resolved}{{{{ else }}}}{firing}{{{{ end }}}}"


def _label(name: str) -> str:
    """A Jira label, which may neither contain blanks nor be empty."""
    plain = f"({NAMES[name].expression} | reReplaceAll `[^0-9A-Za-z._-]+` `-` | reReplaceAll `^(.{{200}}).+$` `${{1}}`)"
    return f'{{{{ or {plain} "none" }}}}'


def _computed(plain: Medium) -> Mapping[str, str]:
    """The texts that depend on no language: colours, severities, priorities, links and labels."""
    return {
        "slack.link": link("dashboard", plain),
        "slack.color": _unless_resolved("#2eb67d", _by_severity("#d0021b", "#f5a623", "#4a90d9")),
        **{f"slack.{name}.url": link(name, plain) for name in LINKS},
        "pagerduty.severity": _by_worst_severity("critical", "warning", "info"),
        # A link with an empty address is not sent to PagerDuty.
        **{f"pagerduty.{name}.url": link(name, plain, "") for name in LINKS},
        "opsgenie.priority": _by_worst_severity("P1", "P3", "P5"),
        "jira.tenant": _label("tenant"),
        "jira.service": _label("service"),
    }


def artifact(linking: Linking, path: str) -> Artifact:
    """The template file of a locale; `path` ends with the locale, as in `…/fr_FR.tmpl`.

    Reports, at the templates of the texts, invalid texts and those that could exceed their receiver's limit.
    """
    locale = path.rpartition("/")[2].removesuffix(".tmpl")
    texts = dict(_defined(linking, locale))
    values = definitions(texts.values(), _shared(locale))
    named = {f"varve.{locale}.{name}": LEAD + text for name, text in texts.items()}
    defined = [_definition(name, named[name]) for name in sorted(named)]
    defined += [stepped(_definition(name, values[name])) for name in sorted(values)]
    header = f"{{{{/* {linking.header[0]} */}}}}\n"
    return Artifact(f"{linking.folder}/alertmanager/{locale}.tmpl", "\n".join([header, *defined]).encode())


@lru_cache(maxsize=1 << 11)
def _definition(name: str, template: str) -> str:
    """A definition, laid out for readers; cached, because environments with equal texts share the work."""
    return laid(f'{{{{ define "{name}" }}}}{template}{{{{ end }}}}') + "\n"


def _shared(locale: str) -> str:
    return f"varve.{locale}.value"


def _defined(linking: Linking, locale: str) -> Iterator[tuple[str, str]]:
    context: dict[str, Value] = {
        **PLACEHOLDERS,
        "environment": linking.environment.name,
        "locale": locale,
        "links": [*links(linking.environment)],
    }
    yield from _computed(sharing(PLAIN, _shared(locale))).items()
    vocabulary = linking.render(_path(_WORDS), context, locale)
    wrong = words.fault(vocabulary) if vocabulary else None
    if wrong:
        _report(linking, BAD_TEXT, wrong.message, _path(_WORDS))
    if wrong or not vocabulary:
        return
    language = _Language(cast("dict[str, str]", vocabulary), _shared(locale))
    for kind in _KINDS:
        yield from _texts(linking, kind, linking.render(_path(kind), context, locale), language)
    if at_least(linking.environment, "alertmanager", BLOCKS_SINCE):
        messages = {name: linking.render(f"templates/slack/{name}.yaml.j2", context, locale) for name in MESSAGES}
        yield from _blocks(linking, messages, language)


def _path(name: str) -> str:
    return f"templates/alertmanager/{name}.yaml.j2"


def _texts(linking: Linking, kind: str, value: Map, language: _Language) -> Iterator[tuple[str, str]]:
    """The texts for receivers of a kind, each with its name."""
    path = _path(kind)
    wanted = {name: text for name, text in DEFINED.items() if name.startswith(f"{kind}.")}
    if not value:
        return
    for name in sorted(_names(value, (kind,)) - wanted.keys()):
        _report(linking, BAD_TEXT, f"`{name}` is not a text of any notification", path)
    for name, text in wanted.items():
        pieces = read(_at({kind: value}, name))
        if isinstance(pieces, Fault):
            _report(linking, BAD_TEXT, f"`{name}`: {pieces.message}", path)
            continue
        most = longest(pieces, text.medium, language.words)
        if most > text.most:
            message = f"`{name}` can have {most:,} characters but its receiver accepts {text.most:,}"
            _report(linking, TEXT_LIMIT, message, path)
        yield name, _button(name, write(pieces, sharing(text.medium, language.shared), language.words))
        detail = name.removeprefix(_QUOTED)
        if detail != name and at_least(linking.environment, "alertmanager", QUOTED_SINCE):
            quoted = write(pieces, sharing(JSON_PLAIN, language.shared), language.words)
            yield f"pagerduty.quoted.{detail}", f'"{quoted}"'


def _button(name: str, text: str) -> str:
    """The text of a Slack button; if an alert lacks the link, the button leads to Alertmanager and is labelled so."""
    kind, _, rest = name.partition(".")
    named = rest.removesuffix(".text")
    return either(named, text, "Alertmanager") if kind == "slack" and named in LINKS else text


def _names(value: Value, keys: tuple[str, ...]) -> set[str]:
    """The dotted names of the texts in a map of maps, and of everything in it that cannot contain one."""
    name = ".".join(keys)
    if not isinstance(value, dict) or not any(each.startswith(f"{name}.") for each in DEFINED):
        return {name}
    return {found for key, each in value.items() for found in _names(each, (*keys, key))}


def _at(value: Value, name: str) -> Value:
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _blocks(linking: Linking, messages: Mapping[str, Map], language: _Language) -> Iterator[tuple[str, str]]:
    """The Block Kit message: of resolved alerts, of one firing alert, or of several."""
    written = {name: _message(linking, name, value, language) for name, value in messages.items() if value}
    if len(written) == len(messages):
        chosen = (
            f"{{{{ if {_RESOLVED} }}}}{written['resolved']}{{{{ else if gt (len $.Alerts) 1 }}}}{written['digest']}"
            f"{{{{ else }}}}{written['alert']}{{{{ end }}}}"
        )
        yield "slack.blocks", chosen


def _message(linking: Linking, name: str, value: Map, language: _Language) -> str:
    path = f"templates/slack/{name}.yaml.j2"
    found = payload.parse(value)
    if isinstance(found, payload.Wrong):
        _report(linking, BAD_TEXT, f"`{dotted(found.keys)}`: {found.message}", path)
        return ""
    for each in blockkit.faults(payload.fullest(found, language.words)):
        _report(linking, TEXT_LIMIT if each.limit else BAD_TEXT, f"`{dotted(each.keys)}`: {each.message}", path)
    return payload.template(found, language.words, language.shared)


def _report(linking: Linking, rule: Rule, message: str, path: str) -> None:
    linking.report.add(rule, message, Place(path), hint=WAY_OUT)
