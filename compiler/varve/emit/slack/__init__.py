"""Block Kit messages in the tenant's language: one for a firing alert, one for a resolved one, one for several."""

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Final, NamedTuple, cast

from varve.emit import narrow
from varve.emit.function import functions_with_texts
from varve.emit.kit import Task
from varve.emit.shape import ANY_MAP, checked
from varve.emit.template.given import Given
from varve.language import blockkit, canonical
from varve.language.cache_key import IdentityKey
from varve.language.canonical import Encoded
from varve.language.name import dotted
from varve.language.notification import MESSAGES, PLACEHOLDERS, WAY_OUT, payload, words
from varve.model.artifact import Artifact
from varve.model.diagnostic import Place, Rule
from varve.model.source import Map
from varve.resolve.destination import links

BAD_PAYLOAD = Rule(
    "emit/bad-payload",
    "Slack message template is not valid",
    "A Block Kit message is a `text` and a list of `blocks`: header, section, context, actions, divider and image, "
    "each with the fields that Slack supports. Slack refuses a whole message because of one wrong field, and nobody "
    "is notified of the alert. No tenant can fix this: change the template.",
)
PAYLOAD_LIMIT = Rule(
    "emit/payload-limit",
    "Slack message could be too large",
    "Every value of an alert is cut, so the maximum length of a message is known before any alert fires. Slack "
    "refuses a message that is longer. Shorten the text, give values less room with `cut`, or list fewer alerts with "
    "`most`.",
)
BAD_WORDS = Rule(
    "emit/bad-words",
    "Words of notifications are incomplete or unknown",
    "`templates/alertmanager/words.yaml.j2` defines a text for each of `firing`, `resolved`, `critical`, `warning` "
    "and `info`, and nothing else. No tenant can fix this: change the template.",
)

_WORDS: Final = "templates/alertmanager/words.yaml.j2"
_NEEDED_BY: Final = ("notify", "receivers")
_NOTHING: Final = Encoded(b"", None)


class _Checked(NamedTuple):
    """A message as its file contains it, and why Slack would refuse it: rules with their messages."""

    encoded: Encoded
    faults: tuple[tuple[Rule, str], ...]


def emit(task: Task) -> Iterator[Artifact]:
    """The messages of a tenant that is notified on Slack; what Slack would refuse is reported at the template."""
    if not _uses_slack(task):
        return
    key = (cast("str", task.unit.value["locale"]), task.environment.name, tuple(links(task.environment)))
    context = _context(IdentityKey(task.kit.messages), *key)
    make_shared = partial(narrow.quietly, lambda no_tenant: tuple(_messages(no_tenant, context)))
    messages = narrow.for_all(task.kit, ("slack", key), make_shared)
    for name, encoded in _messages(task, context) if messages is None else messages:
        yield Artifact(f"{task.folder}/slack/{name}.json", *encoded)


def _messages(task: Task, context: Mapping[str, Given]) -> Iterator[tuple[str, Encoded]]:
    """The messages by name; only the places of diagnostics depend on the tenant."""
    wording = _rendered(task, _WORDS, context)
    wrong = words.fault(wording) if wording else None
    if wrong:
        task.report.add(BAD_WORDS, wrong.message, Place(_WORDS), hint=WAY_OUT)
    if wrong or not wording:
        return
    for name in MESSAGES:
        path = f"templates/slack/{name}.yaml.j2"
        value = _rendered(task, path, context)
        if value:
            yield from _message(task, name, _checked_message(value, wording))


def _uses_slack(task: Task) -> bool:
    """Whether a receiver of the tenant, or the user whom it names, is notified on Slack."""
    notify = cast("dict[str, dict[str, Map]]", task.unit.value.get("notify", {}))
    users = cast("dict[str, dict[str, Map]]", task.unit.value.get("users", {}))
    return any(
        "slack" in receiver or "slack" in users.get(cast("str", receiver.get("user", "")), {}).get("receiver", {})
        for receiver in notify.get("receivers", {}).values()
    )


@lru_cache(maxsize=64)
def _context(
    messages: IdentityKey[Mapping[str, Mapping[str, str]]], locale: str, environment: str, links: tuple[str, ...]
) -> Mapping[str, Given]:
    """The context of the templates, the same for all tenants of one locale."""
    variables = {"environment": environment, "locale": locale, "links": [*links]}
    return {**functions_with_texts(messages.value, locale), **PLACEHOLDERS, **variables}


def _rendered(task: Task, template: str, context: Mapping[str, Given]) -> Map:
    return checked(task.render(template, context, {}, _NEEDED_BY), ANY_MAP, template, task.report)


def _message(task: Task, name: str, result: _Checked) -> Iterator[tuple[str, Encoded]]:
    """The name and the file of a message, unless Slack would refuse it, which is reported."""
    for rule, message in result.faults:
        task.report.add(rule, message, Place(f"templates/slack/{name}.yaml.j2"), hint=WAY_OUT)
    if not result.faults:
        yield name, result.encoded


def _checked_message(value: Map, wording: Map) -> _Checked:
    """The message that a template wrote, with each of its texts as a Go template."""
    message, texts = payload.parse(value), cast("dict[str, str]", wording)
    if isinstance(message, payload.Wrong):
        return _Checked(_NOTHING, ((BAD_PAYLOAD, f"`{dotted(message.keys)}`: {message.message}"),))
    found = blockkit.faults(payload.fullest(message, texts))
    faults = [
        (PAYLOAD_LIMIT if each.limit else BAD_PAYLOAD, f"`{dotted(each.keys)}`: {each.message}") for each in found
    ]
    return _Checked(canonical.encoded_json(payload.leaves(message, texts)), tuple(faults))
