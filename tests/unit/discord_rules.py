"""What Discord takes, written down from its documentation and apart from the adapter's own constants.

Gathers everything that it would refuse in a message, a form or a command; nothing found is an empty list. Our
loopback server's rules, which somebody else wrote, are asked as well.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from adapters.discord.cards import Drawn
from tests.servers.discord.command_rules import CommandRules
from tests.servers.discord.limits import Limits
from tests.servers.discord.refusal import Problems, Refused
from tests.servers.discord.rules import File, Rules, check_modal

Json = dict[str, Any]

ROW, BUTTON, SELECT, INPUT, TEXT, SEPARATOR, FILE, CONTAINER, LABEL, UPLOAD, RADIO = (
    1,
    2,
    3,
    4,
    10,
    14,
    13,
    17,
    18,
    19,
    21,
)


def units(text: str) -> int:
    """Characters as JavaScript counts them, which is the most that anyone could count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, nested ones too."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        if "component" in component:
            yield from walk([component["component"]])


def of_message(drawn: Drawn) -> list[str]:
    """What Discord would refuse in a message."""
    found: list[str] = []
    components = drawn.view.to_components() if drawn.view is not None else []
    everything = list(walk(components))
    ids = [c["custom_id"] for c in everything if "custom_id" in c]
    if len(set(ids)) != len(ids):
        found.append("a custom_id twice")
    if len(drawn.handouts) > 10 or len({h.name for h in drawn.handouts}) != len(drawn.handouts):
        found.append("files")
    found += [
        f"file {f.filename!r} {f.description!r}"
        for f in drawn.files
        if not _file_fits(f.filename, f.description)
    ]
    if drawn.v2:
        found += _layout(drawn, components, everything)
    else:
        if not drawn.content.strip() or drawn.content != drawn.content.strip() or units(drawn.content) > 2000:
            found.append(f"content of {units(drawn.content)}: {drawn.content[:80]!r}")
        if len(components) > 5 or any(c["type"] != ROW for c in components):
            found.append("rows")
    for component in everything:
        found += _component(component)
    return found + _second_opinion(drawn, components)


def _second_opinion(drawn: Drawn, components: list[Json]) -> list[str]:
    """What our loopback server says to the message."""
    body: Json = {"content": drawn.content} if not drawn.v2 else {"flags": 1 << 15}
    body |= {
        "components": copy.deepcopy(components),
        "attachments": [f.to_dict(n) for n, f in enumerate(drawn.files)],
    }
    files = [File(n, handout.name, handout.text.encode()) for n, handout in enumerate(drawn.handouts)]
    return _refusal(lambda: Rules(Limits()).check(body, files))


def _refusal(check: Callable[[], None]) -> list[str]:
    try:
        check()
    except Refused as refused:
        return [f"{refused} {refused.__dict__}"]
    return []


def _file_fits(name: str, about: str | None) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9_.-]+", name) and about and units(about) <= 1024)


def _layout(drawn: Drawn, components: list[Json], everything: list[Json]) -> list[str]:
    found = []
    if drawn.content:
        found.append("content in a layout")
    if not components or len(everything) > 40:
        found.append(f"{len(everything)} components")
    shown = sum(units(c["content"]) for c in everything if c["type"] == TEXT)
    if shown > 4000:
        found.append(f"{shown} characters of text")
    named = sorted(c["file"]["url"] for c in everything if c["type"] == FILE)
    if named != sorted(f"attachment://{h.name}" for h in drawn.handouts):
        found.append(f"files {named}")
    if any(c["type"] not in (CONTAINER, TEXT, ROW, SEPARATOR, FILE) for c in components):
        found.append("top level")
    return found


def _component(c: Json) -> list[str]:
    found = (
        [] if "custom_id" not in c or 1 <= len(c["custom_id"]) <= 100 else [f"custom_id {c['custom_id']!r}"]
    )
    look = _LOOKS.get(c["type"])
    return found + (look(c) if look is not None else [f"type {c['type']}"] if c["type"] != SEPARATOR else [])


def _row(c: Json) -> list[str]:
    kinds = {inner["type"] for inner in c["components"]}
    most = 5 if kinds == {BUTTON} else 1
    return [] if 1 <= len(c["components"]) <= most and kinds <= {BUTTON, SELECT} else [f"row {kinds}"]


def _button(c: Json) -> list[str]:
    return [] if 1 <= units(c["label"]) <= 80 and c["style"] in (1, 2, 3, 4) else [f"button {c}"]


def _input(c: Json) -> list[str]:
    value, most = c.get("value") or "", c.get("max_length") or 4000
    wrong = (
        not 1 <= most <= 4000 or units(value) > most or (c["style"] == 1 and "\n" in value) or c.get("label")
    )
    return [f"input {most} {units(value)}"] if wrong else []


def _text(c: Json) -> list[str]:
    return [] if c["content"].strip() else ["empty text"]


def _container(c: Json) -> list[str]:
    return [] if c["components"] else ["empty container"]


def _label(c: Json) -> list[str]:
    about = c.get("description")
    fits = 1 <= units(c["label"]) <= 45 and (about is None or 1 <= units(about) <= 100)
    return [] if fits else [f"label {c}"]


def _file(c: Json) -> list[str]:
    return [] if re.fullmatch(r"attachment://[A-Za-z0-9_.-]+", c["file"]["url"]) else [f"file {c}"]


def _upload(c: Json) -> list[str]:
    fits = 0 <= c.get("min_values", 1) <= c.get("max_values", 1) <= 10 and not (
        c["required"] and c["min_values"] == 0
    )
    return [] if fits else [f"upload {c}"]


def _radio(c: Json) -> list[str]:
    fits = 2 <= len(c["options"]) <= 10 and sum(o.get("default", False) for o in c["options"]) <= 1
    return _options(c["options"]) + ([] if fits else ["radio"])


def _select(c: Json) -> list[str]:
    found = _options(c["options"])
    chosen = sum(o.get("default", False) for o in c["options"])
    least, most = c.get("min_values", 1), c.get("max_values", 1)
    if not 1 <= len(c["options"]) <= 25 or not 0 <= least <= most <= len(c["options"]) or chosen > most:
        found.append(f"select {least}..{most} of {len(c['options'])}, {chosen} chosen")
    if not 0 <= units(c.get("placeholder") or "") <= 150:
        found.append("placeholder")
    return found


def _options(options: list[Json]) -> list[str]:
    found = []
    if len({o["value"] for o in options}) != len(options):
        found.append("an option twice")
    for o in options:
        about = o.get("description")
        if not 1 <= units(o["label"]) <= 100 or not o["label"].strip() or not 1 <= units(o["value"]) <= 100:
            found.append(f"option {o}")
        if about is not None and not 1 <= units(about) <= 100:
            found.append(f"option {o}")
    return found


_LOOKS = {
    ROW: _row, BUTTON: _button, SELECT: _select, INPUT: _input, TEXT: _text, FILE: _file, CONTAINER: _container, LABEL: _label,
    UPLOAD: _upload, RADIO: _radio,
}  # fmt: skip


def of_modal(modal: Json) -> list[str]:
    """What Discord would refuse in a form."""
    found = []
    if not 1 <= units(modal["title"]) <= 45 or not 1 <= len(modal["custom_id"]) <= 100:
        found.append(f"title {modal['title']!r} {modal['custom_id']!r}")
    if not 1 <= len(modal["components"]) <= 5 or any(
        c["type"] not in (LABEL, TEXT) for c in modal["components"]
    ):
        found.append(f"{len(modal['components'])} parts")
    everything = list(walk(modal["components"]))
    ids = [c["custom_id"] for c in everything if "custom_id" in c]
    if not ids or len(set(ids)) != len(ids):
        found.append(f"custom_ids {ids}")
    found += [problem for c in everything for problem in _component(c)]
    return found + _refusal(lambda: check_modal(copy.deepcopy(modal), Limits()))


_NAME = re.compile(r"[-_'\w]{1,32}")


def of_commands(commands: list[Json]) -> list[str]:
    """What Discord would refuse in a list of commands."""
    found = []
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        names = [c["name"] for c in commands if c["type"] == kind]
        if len(names) > most or len(set(names)) != len(names):
            found.append(f"{len(names)} of type {kind}")
    for command in commands:
        if command["type"] == 1:
            found += _command(command)
        elif command["description"] or command.get("options") or not 1 <= units(command["name"]) <= 32:
            found.append(f"menu {command['name']}")
        if _total(command) > 8000:
            found.append(f"{command['name']} is {_total(command)} long")
        if command.get("default_member_permissions") is not None:
            found.append("permissions")
        problems = Problems()
        CommandRules(problems, Limits()).check(copy.deepcopy(command))
        found += _refusal(problems.check)
    return found


def _command(command: Json) -> list[str]:
    found = _words(command)
    options = command.get("options", [])
    if len(options) > 25 or len({o["name"] for o in options}) != len(options):
        found.append(f"options of {command['name']}")
    required = [o.get("required", False) for o in options]
    if required != sorted(required, reverse=True):
        found.append(f"{command['name']}: required after optional")
    for o in options:
        if o["type"] in (1, 2):
            found += _command(o)
            continue
        found += _words(o)
        choices = o.get("choices", [])
        if o["type"] not in (3, 4, 5, 6, 8, 11) or len(choices) > 25 or (choices and o.get("autocomplete")):
            found.append(f"option {o['name']}")
        if any(not 1 <= units(c["name"]) <= 100 or not 1 <= units(str(c["value"])) <= 100 for c in choices):
            found.append(f"choices of {o['name']}")
        if not 1 <= o.get("max_length", 1) <= 6000 or ("max_length" in o and o["type"] != 3):
            found.append(f"length of {o['name']}")
    return found


def _words(named: Json) -> list[str]:
    names = [named["name"], *named.get("name_localizations", {}).values()]
    abouts = [named["description"], *named.get("description_localizations", {}).values()]
    bad = [n for n in names if not _NAME.fullmatch(n) or n != n.lower()]
    return [f"name {n!r}" for n in bad] + [f"about {a!r}" for a in abouts if not 1 <= units(a) <= 100]


def _total(command: Json) -> int:
    own = units(command["name"]) + units(command["description"])
    own += sum(units(c["name"]) + units(str(c["value"])) for c in command.get("choices", []))
    return own + sum(_total(option) for option in command.get("options", []))
