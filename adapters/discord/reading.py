"""How Discord's clients read markdown, as far as anyone outside knows: what a reader sees of a message.

The rules are those of simple-markdown (https://github.com/ariabuckles/simple-markdown), which the clients grew from,
with Discord's own additions. Styles are left out; what stands for something else is replaced by what it stands for.
"""

from __future__ import annotations

import re

from adapters.discord.markup import date_of

_BLOCKS = r"""
    (?P<heading>(?:(?<=\n)|START)\ *(?:\#{1,3}|-\#)\s+(?P<headed>[^\n]+))
  | (?P<list>(?:(?<=\n)|START)[\ \t]*(?:[*+-]|\d+[.)])\s+(?=\S))
  | (?P<quote>(?:(?<=\n)|START)\ *>{1,3}(?:\ +|(?=\n|$)))
"""
_INLINE = r"""
  | (?P<shrug>¯\\_\(ツ\)_/¯)
  | \\(?P<escaped>[^0-9A-Za-z\s])
  | (?P<fence>```(?:[a-z0-9_+\-.\#]+?\n)?\n*(?P<fenced>[^\n][\s\S]*?)\n*```)
  | (?P<code>(?P<ticks>`+)(?P<coded>[\s\S]*?[^`])(?P=ticks)(?!`))
  | (?P<strong>\*\*(?P<bold>(?:\\[\s\S]|[^\\])+?)\*\*(?!\*))
  | (?P<u>__(?P<under>(?:\\[\s\S]|[^\\])+?)__(?!_))
  | (?P<em>_(?P<emphatic>(?:__|\\[\s\S]|[^\\_])+?)_\b(?!_))
  | (?P<star>\*(?=\S)(?P<starred>(?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*))
  | (?P<strike>~~(?P<struck>[\s\S]+?)~~(?!_))
  | (?P<spoiler>\|\|(?P<spoiled>[\s\S]+?)\|\|)
  | (?P<masked>\[(?P<label>(?:\\.|[^\[\]\\\n])+)\]\(<?https?://[^\s)]+\))
  | <(?P<auto>https?://[^\s<>]+)>
  | (?P<url>https?://[^\s<]+[^<.,:;"'\]\s])
  | <t:(?P<unix>-?\d{1,13})(?::[tTdDfFsSR])?>
  | (?P<mention><(?:@!?|@&|\#)\d+>|@everyone|@here|<id:\w+>)
  | </(?P<command>[^:<>\n]+):\d+>
  | <a?(?P<emoji>:\w+:)\d+>
"""
_RULES = {
    top: re.compile((_BLOCKS + _INLINE).replace("START", r"\A" if top else "(?!)"), re.VERBOSE)
    for top in (True, False)
}
_INSIDE = ("headed", "bold", "under", "emphatic", "starred", "struck", "spoiled", "label")


def shown(markdown: str) -> str:
    """What a reader sees: marks gone, escaped characters as themselves. `shown(discord(literal(x)))` is x."""
    return _shown(markdown, True)


def _shown(markdown: str, top: bool) -> str:
    return _RULES[top].sub(_seen, markdown)


def _seen(found: re.Match[str]) -> str:
    for name in ("shrug", "escaped", "fenced", "coded", "auto", "url", "emoji"):
        if found[name]:
            return found[name]
    for name in _INSIDE:
        if found[name]:
            return _shown(found[name], False)
    if found["unix"]:
        return date_of(int(found["unix"])) or found[0]
    if found["command"]:
        return "/" + found["command"]
    if found["list"]:
        return "• "
    return "@…" if found["mention"] else ""
