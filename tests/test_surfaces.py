"""What no tenant can say of its receivers, scrapes, probes, rules and alerts: there is no key for it, in any format."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final, NamedTuple

import pytest

from tests.emit.repository import SEALED, Changed, build, findings
from varve.model.diagnostic import MOST_ALIKE

PRODUCTION: Final = """
platform:
  targets: {alertmanager: {version: "0.34"}}
  alertmanager: {url: "https://alerts.example"}
  alertmanagers: ["alerts.example:9093"]
  receiver: {email: {to: [ops@platform.example]}}
  smtp: {smarthost: "mail.example:587", from: alerts@platform.example}
  blackbox: {address: "blackbox.example:9115"}
"""
OTHERS: Final[Changed] = {
    "environments/production.yaml": PRODUCTION,
    "environments/staging.yaml": 'platform: {blackbox: {address: "blackbox.example:9115"}}\n',
    "tenants/acme/secrets/keys.sops.yaml": SEALED.replace("token:", "one:"),
}
OVERLAY: Final = "tenants/acme/overlays/production.yaml"
SERVICE: Final = "tenants/acme/services/search.yaml"
VENDOR: Final = "tenants/acme/rules/vendor.yaml"

ROUTES: Final = "{critical: {receivers: [team]}, warning: {receivers: [team]}}"
RECEIVER: Final = f"notify: {{receivers: {{team: {{%s}}}}, routes: {ROUTES}}}\n"
SCRAPE: Final = "scrape: {app: {targets: ['search.acme.example:1'], %s}}\n"
KINDS: Final = {
    "slack": "channel: '#a', url: {secret: keys/one}",
    "pagerduty": "routing_key: {secret: keys/one}",
    "email": "to: [sre@acme.example]",
    "webhook": "url: {secret: keys/one}",
    "opsgenie": "api_key: {secret: keys/one}",
    "msteams": "url: {secret: keys/one}",
    "discord": "url: {secret: keys/one}",
    "telegram": "bot_token: {secret: keys/one}, chat_id: 1",
    "jira": "api_url: 'https://jira.acme.example/rest/api/2', project: OPS, issue_type: Bug",
}
OF_EVERY_RECEIVER: Final = "http_config proxy_url tls_config send_resolved"
OF_A_RECEIVER: Final = {
    "slack": (
        "api_url_file api_url app_token_file app_url username icon_url icon_emoji link_names short_fields callback_id "
        "pretext text title actions fields image_url thumb_url color message_text timeout"
    ),
    "pagerduty": "routing_key_file service_key service_key_file url client client_url details images links source",
    "email": (
        "from smarthost hello auth_username auth_password auth_password_file auth_secret auth_secret_file "
        "auth_identity require_tls headers html text threading force_implicit_tls"
    ),
    "webhook": "url_file payload timeout headers",
    "opsgenie": "api_key_file api_url message source details responders actions entity update_alerts",
    "msteams": "webhook_url webhook_url_file title summary text",
    "discord": "webhook_url webhook_url_file title message content username avatar_url",
    "telegram": "bot_token_file chat_id_file api_url message parse_mode disable_notifications",
    "jira": "api_type summary description labels priority fields reopen_transition wont_fix_resolution custom_fields",
}


class Surface(NamedTuple):
    """A file that a tenant writes, with a gap for one key more, and the keys that it cannot have there."""

    file: str
    text: str
    refused: str


SURFACES: Final = {
    "a tenant, of its servers": Surface(
        OVERLAY,
        "{timezone: UTC, %s}\n",
        "remote_write remote_read headers write_relabel_configs metadata_config store stores tenants external_labels "
        "global alerting storage tracing otlp runtime",
    ),
    **{
        f"a receiver of the kind {kind}": Surface(
            OVERLAY, RECEIVER % f"{kind}: {{{usual}, %s}}", f"{OF_EVERY_RECEIVER} {OF_A_RECEIVER[kind]}"
        )
        for kind, usual in KINDS.items()
    },
    "receivers of other kinds": Surface(
        OVERLAY, RECEIVER, "sns_configs webhook_configs victorops pushover wechat webex sns rocketchat mattermost file"
    ),
    "notifications": Surface(
        OVERLAY,
        "notify: {%s}\n",
        "templates global inhibit_rules time_intervals mute_time_intervals receiver tracing",
    ),
    "a route": Surface(
        OVERLAY,
        "notify: {routes: {critical: {receivers: [], %s}}}\n",
        "routes matchers matcher match_re receiver mute_time_intervals active_time_intervals",
    ),
    "a scrape": Surface(
        SERVICE,
        SCRAPE,
        "job_name honor_labels basic_auth_file bearer_token bearer_token_file oauth2 proxy_url no_proxy "
        "proxy_from_environment proxy_connect_header follow_redirects enable_http2 http_headers relabel_configs "
        "metric_relabel_configs static_configs file_sd_configs http_sd_configs dns_sd_configs kubernetes_sd_configs "
        "consul_sd_configs ec2_sd_configs discovery files folder url http refresh refresh_interval "
        "body_size_limit keep_dropped_targets "
        "metric_name_validation_scheme metric_name_escaping_scheme track_timestamps_staleness sigv4 external_labels",
    ),
    "the encryption of a scrape": Surface(
        SERVICE,
        SCRAPE % "tls_config: {%s}",
        "ca_file cert_file key_file ca cert key min_version max_version cipher_suites",
    ),
    "where targets are found": Surface(
        SERVICE, "scrape: {app: {discovered: true, %s}}\n", "files folder url http role"
    ),
    "a probe whose targets are found": Surface(SERVICE, "probes: {home: {%s}}\n", "discovered targets"),
    "a login with a password": Surface(
        SERVICE, SCRAPE % "basic_auth: {%s}", "password_file username_file password_ref username_ref"
    ),
    "a login with a token": Surface(SERVICE, SCRAPE % "authorization: {%s}", "credentials_file credentials_ref"),
    "a probe": Surface(
        SERVICE,
        "probes: {home: {http: {url: 'https://search.acme.example', %s}}}\n",
        "headers body method proxy_url tls_config basic_auth bearer_token_file target params address",
    ),
    "an alert": Surface(
        SERVICE,
        "alerts: {A: {expr: up == 0, severity: info, summary: a, %s}}\n",
        "record interval group source_tenants partial_response_strategy tenant enabled template",
    ),
    "a vendor's group": Surface(
        VENDOR,
        "groups: [{name: g, rules: [{alert: A, expr: up == 0}], %s}]\n",
        "partial_response_strategy source_tenants tenant evaluation_delay align_evaluation_time_on_interval",
    ),
}


def test_there_are_more_keys_than_anybody_tries_by_hand() -> None:
    assert sum(len(each.refused.split()) for each in SURFACES.values()) > 150


@pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
def test_there_is_no_key_for_it(surface: Surface) -> None:
    keys = surface.refused.split()
    refused = set()
    for some in (keys[at : at + MOST_ALIKE] for at in range(0, len(keys), MOST_ALIKE)):
        found = build({**OTHERS, surface.file: surface.text % ", ".join(f"{key}: x" for key in some)}).diagnostics
        refused |= {str(each.place.keys[-1]) for each in found if each.rule.code == "check/unknown-key" and each.place}
    assert refused == set(keys)


TWINS: Final = {
    "a tenant, of its servers": {OVERLAY: "{timezone: UTC}\n"},
    **{f"a receiver of the kind {kind}": {OVERLAY: RECEIVER % f"{kind}: {{{usual}}}"} for kind, usual in KINDS.items()},
    "a scrape": {SERVICE: "scrape: {app: {targets: ['search.acme.example:1'], scheme: https}}\n"},
    "a scrape whose targets are found": {
        "environments/production.yaml": PRODUCTION + "  discovery: {files: {folder: /etc/targets}}\n",
        "environments/staging.yaml": "platform: {discovery: {files: {folder: /etc/targets}}}\n",
        SERVICE: "scrape: {app: {discovered: true, scheme: https}}\n",
    },
    "a probe": {SERVICE: "probes: {home: {http: {url: 'https://search.acme.example'}}}\n"},
    "an alert": {SERVICE: "alerts: {A: {expr: up == 0, severity: info, summary: a}}\n"},
    "a vendor's group": {VENDOR: "groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]\n"},
}


@pytest.mark.parametrize("changed", TWINS.values(), ids=TWINS)
def test_the_same_without_that_key_is_built(changed: Changed) -> None:
    assert findings(build({**OTHERS, **changed})) == []


# The law behind the table


_FORBIDDEN: Final = re.compile(
    r"_file$|^(?:proxy|templates$|honor_labels$|relabel|metric_relabel|.*_sd_configs$|.*_ref$)"
)
_OPEN: Final = {
    "what a pack is given; its own schema says what that may be": ("services", "packs"),
}


def maps(schema: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:  # noqa: ANN401 - JSON
    """Every schema of a map inside of `schema`, with the names that lead to it."""
    if isinstance(schema, dict):
        if "object" in schema.get("type", ()):
            yield at, schema
        for key, each in schema.items():
            yield from maps(each, at if key in ("properties", "$defs", "items", "additionalProperties") else (*at, key))


def source(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(files("varve").joinpath("schemas", f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ["unit", "rules"])
def test_every_map_that_a_tenant_can_write_is_closed(name: str) -> None:
    for at, schema in maps(source(name)):
        if not any(at[-1:] == path[-1:] for path in _OPEN.values()):
            assert "additionalProperties" in schema, at
            assert schema["additionalProperties"] is not True, at


@pytest.mark.parametrize("name", ["unit", "rules"])
def test_no_key_that_a_tenant_can_write_names_a_file_a_proxy_or_a_relabelling(name: str) -> None:
    found = {key for _, schema in maps(source(name)) for key in schema.get("properties", {})}
    assert len(found) > 10
    assert not {key for key in found if _FORBIDDEN.search(key)}
