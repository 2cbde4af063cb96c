"""What must be changed in the example's artifacts so that minutes become seconds and hosts this machine, and no more.

Why that is sound: a duration says when something happens, and never what or to whom. `for` and `keep_firing_for` only
hold back an alert that the same expression makes (two seconds stay, for a scrape that this machine has no time for);
intervals of evaluation and scraping only thin out what is seen; the
waits of a route only collect what it sends. A proxy is asked in place of the host, with the host's name, path and
certificate. What is not changed is everything else: expressions, labels, annotations, matchers, order, receivers,
URLs, templates.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Yaml: TypeAlias = Any

_SECONDS = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
_ALWAYS = [{"times": [{"start_time": "00:00", "end_time": "24:00"}]}]
_NEVER = [{"years": ["1970"]}]


def prometheus(main: Path, proxy: str, alertmanager: str) -> list[str]:
    """Changes a main file and what it names; gives the rule files, which the main file no longer names.

    They are named when everything has been seen once: until then, everything is absent, and nothing waits for long.
    """

    def change(config: Yaml) -> None:
        config["global"] |= _SECONDS
        config["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]}
        config.pop("remote_write", None)
        config["rule_files"] = []

    main_file = yaml.safe_load(main.read_bytes())
    for name in main_file["scrape_config_files"]:
        _change(main.parent / name, partial(_scrape, proxy=proxy))
    for name in main_file["rule_files"]:
        _change(main.parent / name, _rules)
    _change(main, change)
    return list(main_file["rule_files"])


def ruled(main: Path, files: list[str]) -> None:
    """Names the rule files again."""
    _change(main, lambda config: config.update(rule_files=files))


def _scrape(file: Yaml, proxy: str) -> None:
    for job in file["scrape_configs"]:
        for name in {"scrape_interval", "scrape_timeout"} & job.keys():
            del job[name]
        job["proxy_url"] = proxy


def _rules(file: Yaml) -> None:
    for group in file["groups"]:
        for name in {"interval", "query_offset"} & group.keys():
            del group[name]
        for rule in group["rules"]:
            rule.pop("keep_firing_for", None)
            if "for" in rule:
                rule["for"] = "2s"


def alertmanager(file: Path, proxy: str, smarthost: str, *, at_work: bool) -> None:
    """Changes an Alertmanager's file. Intervals keep their names and their routes, and it is always the same moment.

    Either whoever has hours is at work and nobody wants quiet, or nobody is and everybody does.
    """

    def change(config: Yaml) -> None:
        config["global"] |= {"smtp_smarthost": smarthost, "http_config": {"proxy_url": proxy}}
        active = _route(config["route"])
        for each in config.get("time_intervals", []):
            each["time_intervals"] = _ALWAYS if (each["name"] in active) == at_work else _NEVER
        for each in _channels(config):
            if "http_config" in each:
                each["http_config"]["proxy_url"] = proxy

    _change(file, change)


def _route(route: Yaml) -> set[str]:
    """The intervals in which this route or one below it is active."""
    for name in {"group_wait", "group_interval"} & route.keys():
        route[name] = "1s"
    below = [_route(each) for each in route.get("routes", [])]
    return set(route.get("active_time_intervals", [])).union(*below)


def _channels(config: Yaml) -> list[Yaml]:
    return [
        each
        for receiver in config["receivers"]
        for name, configs in receiver.items()
        if name.endswith("_configs")
        for each in configs
    ]


def _change(file: Path, change: Callable[[Yaml], object]) -> None:
    config = yaml.safe_load(file.read_bytes())
    change(config)
    file.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), "utf-8")
