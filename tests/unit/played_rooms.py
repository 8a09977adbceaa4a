"""Every face of the product as it comes up in play: the replies, forms and public cards of a few evenings."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.cards import Card, Reply
from bot.commands import Commands
from tests.rig import Room

LONG = "The ferry went on arriving, and *nobody* on the pier looked up; <@U1> & <!channel> were painted on it. " * 160
"""A passage that no message holds."""

_EVENING = """
ada: /help
ada: /help round
ada: /help nothing
ada: /nonsense
ada: /round
ada: /pitch Too early
ada: /story new The Last Ferry
ada: /pitch The ferry *never* docks <!channel>
ben: /pitch The captain has been dead since Tuesday, and everyone aboard has agreed to say nothing about it until the ship is home again, whatever it costs
cy: /pitch Everyone aboard has the same birthday
cy: /pitch
ben: /vote
ben: /vote 2 3
ada: /vote 1
ada: /vote 0
ada: /vote 99
ada: /round ballot
ada: /round status
ada: /round extend 2h
cy: /round extend
ada: /round close
ada: /round close
ada: /round results
ada: /round drawer
ben: /extend
ben: /extend Nobody had told the captain.
ada: /extend LONG
cy: /extend A lamp went out.
cy: /read
cy: /previously
cy: /undo
ada: /scene add The pier
ada: /scene list
ada: /scene view 1
ada: /scene revise 2 The long pier
ada: /scene lock 2
ada: /extend It is locked here.
ada: /scene lock 2
ada: /scene remove 2
ada: /scene restore 2
ada: /turn order ada ben cy
ada: /turn status
ada: /turn pass
ben: /turn away
ada: /canon add Mara keeps the keys kind: character
ada: /canon list
ada: /canon cast
ada: /my turns
ada: /my drafts
ada: /my ai never
ada: /showrunner rules
ada: /showrunner rules set length 2h
ada: /showrunner rules set length banana
ada: /showrunner roles
ada: /showrunner roles set ben showrunner
ada: /showrunner log
ada: /showrunner budget 5
ada: /showrunner ai
ada: /showrunner ai on
ada: /assist options
ada: /assist names
ada: /assist
ada: /story status
ada: /story list
ada: /story export txt
ada: /round open Who rings the bell? method: ranked
ada: /pitch The bell
ben: /pitch The buoy
ben: /vote
ben: /vote 2 1
ada: /round decide 1
ada: /round cancel
ada: /round open Sealed one sealed: yes
ben: /pitch A sealed thing
ada: /round close
ada: /round cancel
ben: /stop
ada: /extend It was stopped.
ada: hello out there
ada: /story pause
ada: /story wrap
ada: /story archive
ada: /story rename Another
""".strip()


@dataclass
class Played:
    """What people saw."""

    commands: Commands
    replies: list[Reply] = field(default_factory=list)
    public: list[Card] = field(default_factory=list)


async def played(room: Room) -> Played:
    """Play the evening, pressing once what can be pressed on every private card, and everything on the public ones."""
    seen = Played(room.house.inbox.commands)
    pressed: set[str] = set()

    async def look(name: str) -> None:
        seen.replies.append(room.last[name])
        seen.public += [card for _, card in room.wall.messages] + list(room.wall.shown.values())
        room.wall.messages.clear()

    for line in _EVENING.splitlines():
        name, _, said = line.partition(": ")
        await room.says(name, said.replace("LONG", LONG))
        await look(name)
        for card in room.last[name].cards:
            for action in card.actions:
                kind = action.call.command + str(sorted(action.call.args))
                if kind not in pressed and action.call.command != "undo":
                    pressed.add(kind)
                    await room.calls(name, action.call)
                    await look(name)
    for card in list(room.wall.shown.values()):
        for action in card.actions:
            await room.calls("cy", action.call)
            await look("cy")
    await room.later(days=2)
    await room.says("ada", "/my turns")
    await look("ada")
    return seen
