"""Writes pieces as a template of Alertmanager for one medium, and computes their maximum length there."""

from collections.abc import Mapping, Sequence
from typing import Final

from varve.language.notification import medium as media
from varve.language.notification.medium import Medium
from varve.language.notification.name import FILTERS, ICONS, NAMES, TIME
from varve.language.notification.piece import Each, Line, Link, Paragraph, Part, Piece

Words = Mapping[str, str]

LEAD: Final = "{{ $a := index (or $.Alerts.Firing $.Alerts) 0 }}"
"""The beginning of every template: the current alert is the first that fires, or the first of all."""

_END: Final = "{{ end }}"
_DIGITS: Final = 10


def write(pieces: Sequence[Piece], medium: Medium, words: Words) -> str:
    """The template that prints these pieces, one below the other; it must follow `LEAD`."""
    html = medium.markup == "html"
    written = (
        _piece(piece, "" if html or not at else medium.newline, medium, words) for at, piece in enumerate(pieces)
    )
    return "".join(written)


def link(name: str, medium: Medium, otherwise: str = "$.ExternalURL") -> str:
    """The template that prints the URL of a link of the alert, or `otherwise`, by default that of the Alertmanager."""
    own = media.address(NAMES[name].expression, medium)
    return either(name, own, media.address(otherwise, medium) if otherwise else "")


def either(name: str, text: str, otherwise: str) -> str:
    """The template `text` if the alert has that link, and else `otherwise`."""
    return f"{{{{ if {media.is_url(NAMES[name].expression)} }}}}{text}{{{{ else }}}}{otherwise}{_END}"


def opening(names: Sequence[str]) -> str:
    """The action that begins a part that is shown only if one of `names` has a value; empty without names."""
    if not names:
        return ""
    first = NAMES[names[0]]
    if first.kind == "count":
        return f"{_bind_count(names[0])}{{{{ if $c }}}}"
    wanted = [
        media.is_url(NAMES[name].expression) if NAMES[name].kind == "url" else NAMES[name].expression for name in names
    ]
    return f"{{{{ if or {' '.join(f'({each})' for each in wanted)} }}}}" if names[1:] else f"{{{{ if {wanted[0]} }}}}"


def _piece(piece: Piece, lead: str, medium: Medium, words: Words) -> str:
    match piece:
        case Paragraph():
            line = lead + _tagged(_line(piece.line, medium, words), piece.tag, medium)
            return f"{opening(piece.when)}{line}{_END}" if piece.when else line
        case Link():
            return f"{opening((piece.name,))}{lead}{_anchor(piece, medium)}{_END}"
        case Each():
            lines = _each(piece, lead, medium, words)
            return f"{opening(piece.when)}{lines}{_END}" if piece.when else lines


def _each(piece: Each, lead: str, medium: Medium, words: Words) -> str:
    method, condition = FILTERS[piece.alerts]
    line = lead + _tagged(_line(piece.line, medium, words), "p", medium)
    first = (
        f"{{{{ if not $n }}}}{lead}{_tagged(_line(piece.heading, medium, words), 'p', medium)}{_END}"
        if piece.heading
        else ""
    )
    counted = f'{first}{{{{ if lt (len $n) {piece.most} }}}}{line}{_END}{{{{ $n = printf "%s." $n }}}}'
    kept = f"{{{{ if {_for_alert(condition)} }}}}{counted}{_END}" if condition else counted
    more = f"{{{{ len (slice $n {piece.most}) }}}}"
    rest = lead + _tagged(_line(piece.rest, medium, words, more), "p", medium)
    return (
        f'{{{{ $n := "" }}}}{{{{ range $a := $.Alerts.{method} }}}}{kept}{_END}'
        f"{{{{ if gt (len $n) {piece.most} }}}}{rest}{_END}"
    )


def _for_alert(condition: str) -> str:
    return condition.replace(" .Labels", " $a.Labels")


def _line(line: Line, medium: Medium, words: Words, more: str = "") -> str:
    return "".join(medium.literal(part) if isinstance(part, str) else _part(part, medium, words, more) for part in line)


def _part(part: Part, medium: Medium, words: Words, more: str) -> str:
    name = NAMES[part.name]
    match name.kind:
        case "line" | "lines":
            return media.value(name.expression, part.most, medium, lines=name.kind == "lines")
        case "url":
            return link(part.name, medium)
        case "time":
            return _time(name.expression, medium)
        case "count":
            return more or f"{_bind_count(part.name)}{{{{ len $c }}}}"
        case "word" | "state":
            return _word(part, medium, words)


def _bind_count(name: str) -> str:
    """The action that makes the length of `$c` the number of alerts of that name, because templates cannot add."""
    method, condition = FILTERS[name]
    if not condition:
        return f"{{{{ $c := $.Alerts.{method} }}}}"
    counted = f'{{{{ if {condition} }}}}{{{{ $c = printf "%s." $c }}}}{_END}'
    return f'{{{{ $c := "" }}}}{{{{ range $.Alerts.{method} }}}}{counted}{_END}'


def _time(expression: str, medium: Medium) -> str:
    written = f'{{{{ {expression}.UTC.Format "{TIME}" }}}}'
    if medium.markup != "mrkdwn":
        return written
    return f"<!date^{{{{ {expression}.Unix }}}}^{{date_short_pretty}} {{time}}|{written}>"


def _word(part: Part, medium: Medium, words: Words) -> str:
    expression = NAMES[part.name].expression
    resolved = 'eq $.Status "resolved"'
    severity = f"eq {expression}"
    match part.name:
        case "status":
            choices = {resolved: words["resolved"], "": words["firing"]}
        case "icon":
            choices = {resolved: ICONS["resolved"]} | {
                f'{severity} "{each}"' if each else "": ICONS[each] for each in ("critical", "warning", "")
            }
        case _:
            choices = {f'{severity} "{each}"': words[each] for each in ("critical", "warning", "info")}
    written = {condition: medium.literal(word) for condition, word in choices.items()}
    if "" not in written:
        written[""] = media.value(expression, part.most, medium)
    return _branches(written)


def _branches(choices: Mapping[str, str]) -> str:
    """The action that prints the first text whose condition holds, or else that of the empty condition."""
    branches = [
        f"{{{{ {'if' if not at else 'else if'} {condition} }}}}{choices[condition]}"
        for at, condition in enumerate(choices)
        if condition
    ]
    return f"{''.join(branches)}{{{{ else }}}}{choices['']}{_END}"


def _anchor(piece: Link, medium: Medium) -> str:
    address = media.address(NAMES[piece.name].expression, medium)
    text = medium.literal(piece.text)
    match medium.markup:
        case "html":
            return f'<p><a href="{address}">{text}</a></p>'
        case "mrkdwn":
            return f"<{address}|{text}>"
    return f"{text} → {address}"


def _tagged(text: str, tag: str, medium: Medium) -> str:
    """The text in its HTML tag, in which line breaks are preserved; without HTML, the text itself."""
    return f'<{tag} style="white-space: pre-line">{text}</{tag}>' if medium.markup == "html" else text


def longest(pieces: Sequence[Piece], medium: Medium, words: Words) -> int:
    """The maximum number of characters of these pieces for any alerts; in JSON, after it is parsed."""
    return sum(_longest(piece, medium, words) for piece in pieces) + len(medium.newline) * max(len(pieces) - 1, 0)


def _longest(piece: Piece, medium: Medium, words: Words) -> int:
    match piece:
        case Paragraph():
            return _longest_line(piece.line, medium, words)
        case Link():
            return media.longest_url() + len(piece.text) + (len("<|>") if medium.markup else len(" → "))
        case Each():
            line = len(medium.newline) + _longest_line(piece.line, medium, words)
            ends = [_longest_line(each, medium, words) + 1 for each in (piece.heading, piece.rest) if each is not None]
            return line * piece.most + sum(ends)


def _longest_line(line: Line, medium: Medium, words: Words) -> int:
    return sum(len(part) if isinstance(part, str) else _longest_part(part, medium, words) for part in line)


def _longest_part(part: Part, medium: Medium, words: Words) -> int:
    name = NAMES[part.name]
    match name.kind:
        case "line" | "lines":
            return part.most + len(media.CUT)
        case "url":
            return media.longest_url()
        case "time":
            return len(TIME) + (len("<!date^^{date_short_pretty} {time}|>") + 20 if medium.markup == "mrkdwn" else 0)
        case "count":
            return _DIGITS
        case "word" | "state":
            return max(part.most + len(media.CUT), *(len(word) for word in words.values()))
