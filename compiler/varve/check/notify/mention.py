"""Whether Slack receivers mention only those whom the platform allows the tenant to mention."""

from typing import Final, cast

from varve.language.name import nearest
from varve.model.diagnostic import Note, Report, Rule
from varve.model.unit import Environment, Resolved
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.notify import Channel
from varve.resolve.reporting import ValueReporter

FORBIDDEN_MENTION = Rule(
    "check/forbidden-mention",
    "Mention is not granted to the tenant",
    "A mention on Slack makes phones ring: `here` those of everybody who is there, a group those of all its people. "
    "The text of an alert mentions nobody; the platform grants whom a tenant's receivers may mention while something "
    "critical fires in `environments/tenants/<tenant>`, under `mentions`.",
)
MENTION_IN_BLOCKS = Rule(
    "check/mention-in-blocks",
    "Block Kit message cannot mention anybody",
    "With `blocks` a message is one text that all receivers of a language share, so it cannot contain the mentions "
    "of one of them. Leave `blocks` out if somebody is to be mentioned.",
)

_FIELD: Final = "mention"


def check(unit: Resolved, report: Report) -> None:
    """Report each mention of a unit's receivers and users that is not granted, or that its message cannot contain."""
    granted, reporter = cast("list[str]", unit.value.get("mentions", [])), ValueReporter(unit.stack, report)
    for channel in notify.channels(unit.value):
        for index, whom in enumerate(cast("list[str]", channel.settings.get(_FIELD, []))):
            if whom not in granted:
                hint = f"mention {_listed(granted)}" if granted else "remove it, or ask the platform to grant it"
                meant = nearest(whom, granted)
                hint = f"did you mean `{meant}`?" if meant else hint
                message = f"this tenant may not mention `{whom}`"
                reporter.at((*channel.keys, _FIELD, index), FORBIDDEN_MENTION, message, *_notes(unit), hint=hint)
        _check_blocks(channel, reporter)


def check_platform(environment: Environment, report: Report) -> None:
    """Report mentions of the platform's own receiver that its message cannot contain; it may mention anybody."""
    if receiver := notify.maps(environment.platform, "receiver"):
        _check_blocks(notify.channel(("platform", "receiver"), {**receiver}), ValueReporter(environment.stack, report))


def _check_blocks(channel: Channel, reporter: ValueReporter) -> None:
    if channel.settings.get(_FIELD) and channel.settings.get("blocks"):
        hint = "remove `blocks` or `mention`"
        reporter.at(
            (*channel.keys, _FIELD),
            MENTION_IN_BLOCKS,
            "a message with `blocks` cannot mention anybody",
            hint=hint,
            on="key",
        )


def _notes(unit: Resolved) -> tuple[Note, ...]:
    if "mentions" not in unit.value:
        return ()
    place, _ = origin(unit.stack, ("mentions",))
    return (Note("these may be mentioned", place),)


def _listed(granted: list[str]) -> str:
    return " or ".join(f"`{each}`" for each in granted)
