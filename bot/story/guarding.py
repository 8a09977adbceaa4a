"""The last wall before a co-writer: finds in a text what only private texts hold, a run of five words or a
name.

Runs are exact: a run counts when it stands in a private text and in none that may be shared, whatever its
length from five words up. Both sides are kept as suffix automata over words, so that the cost grows with the
sum of the texts, also for texts made to be slow. Words are compared without case, punctuation or an English
possessive.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from uniseg.wordbreak import words as uax29

from bot.story.words import is_word, words

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Soft hyphens, zero-width and direction marks."""
_SHORT = 64
RUN = 5
"""So many words in a row are someone's own wording."""

_ENDS = frozenset('.!?…:;"“”„«»‘—–-*_#>(\n。！？')
"""Marks after which a capital says nothing: a sentence or a speech begins."""

_COMMON = frozenset(
    """a about above after again all almost already also although always am an and another any anyone anything
    are as at away back be because been before behind below beside better between beyond both but by can come
    could dear did do does done down each either else enough even ever every everyone everything few finally
    first for from go good had half has have he hello her here hers him his how however i i'd i'll i'm i've if
    in inside instead into is it it's its just last later let let's like listen look many maybe me meanwhile
    might mine more most much must my near neither never new next no nobody none nor not nothing now of off oh
    on once one only or other our out outside over perhaps please quite rather right said same see several
    shall she should since so some someone something sometimes somewhere soon still such suddenly take tell
    than thank that the their them then there these they this those though three through time to today
    together tomorrow tonight too toward two under until up upon us very wait was we well were what when where
    which while who whose why will with without would yes yesterday yet you your can't couldn't didn't doesn't
    don't hadn't hasn't haven't he'd he'll isn't it'd it'll shan't she'd she'll shouldn't that's there's
    they'd they'll wasn't we'd we'll weren't won't wouldn't you'd you'll you're""".split()  # noqa: SIM905 (a hundred words read better so)
)
"""English words that begin sentences often, and are nobody's name."""


class Guard:
    """What only private texts hold, indexed once for many questions. `names` are further private names, as
    canon has them.
    """

    __slots__ = ("_codes", "_names", "_private", "_public")

    def __init__(self, private: Sequence[str], public: Sequence[str], names: Sequence[str] = ()) -> None:
        self._codes: dict[str, int] = {}
        self._private = _Runs([self._coded(text) for text in private])
        self._public = _Runs([self._coded(text) for text in public] if any(private) else [])
        self._names = _names(private, names, public)

    def leaks(self, text: str) -> tuple[str, ...]:
        """The private names of a text, then its private runs, each once and as the text has them. Empty is
        good.
        """
        if not self._private.holds and not self._names:
            return ()
        written = split(text)
        found = [word for word in written if _forms(word) & self._names]
        coded = [self._codes.get(plain(word), 0) for word in written]
        private, public = self._private.longest(coded), self._public.longest(coded)
        runs: list[tuple[int, int]] = []
        for end, (theirs, ours) in enumerate(zip(private, public, strict=True), start=1):
            if theirs < RUN or theirs <= ours:
                continue
            if runs and end - theirs < runs[-1][1]:
                runs[-1] = (min(runs[-1][0], end - theirs), end)
            else:
                runs.append((end - theirs, end))
        found += [" ".join(written[start:end]) for start, end in runs]
        return tuple(dict.fromkeys(found))

    def _coded(self, text: str) -> list[int]:
        return [self._codes.setdefault(plain(word), len(self._codes) + 1) for word in split(text)]


def split(text: str) -> list[str]:
    """A text's words as they are compared, without punctuation. Each stretch between spaces is divided by
    itself, so that a word is divided alike in a short text and in a long one.
    """
    return [word for token in _prepared(text).split() for word in _divided(token)]


def plain(word: str) -> str:
    """A word without case and without an English possessive."""
    word = word.replace("’", "'").casefold()
    return word.removesuffix("'s").removesuffix("'")


def _prepared(text: str) -> str:
    """One spelling for all ways of writing the same: no marks that nobody sees, no underscores, one
    composition.
    """
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).replace("_", " ").replace(".", " . ")


def _divided(token: str) -> tuple[str, ...]:
    return _short(token) if len(token) <= _SHORT else _words_of(token)


def _words_of(token: str) -> tuple[str, ...]:
    return tuple(w for w in (words(token) if token.isascii() else uax29(token)) if is_word(w))


_short = lru_cache(maxsize=65_536)(_words_of)


def _forms(word: str) -> frozenset[str]:
    """The ways in which a word may be a name: as it is, and what stands between its apostrophes (l'Orla)."""
    parts = word.replace("’", "'").split("'")
    return frozenset({plain(word), *(part.casefold() for part in parts if len(part) > 1)})


def _names(private: Sequence[str], named: Sequence[str], public: Sequence[str]) -> frozenset[str]:
    """Words that private texts write with a capital: inside a sentence always, at its beginning unless they
    are also written small. Not those that may be shared, nor common words that begin sentences.
    """
    inside: set[str] = {plain(word) for name in named for word in split(name)}
    first: set[str] = set()
    small: set[str] = set()
    for text in private:
        prepared = _prepared(text)
        at = 0
        for word in split(text):
            at = prepared.index(word, at)
            before = prepared[max(0, at - 64) : at].rstrip(" \t'’")[-1:]
            at += len(word)
            if plain(word) in _COMMON:
                continue
            capital = {
                form
                for part in word.replace("’", "'").split("'")
                if part[:1].isupper()
                for form in _forms(part)
            }
            if not capital:
                small.update(_forms(word))
                continue
            if word[0].isupper():
                capital.add(plain(word))
            (first if not before or before in _ENDS else inside).update(capital)
    shared = {form for text in public for word in split(text) for form in _forms(word)}
    return frozenset(name for name in (inside | (first - small)) - shared - _COMMON if len(name) > 1)


class _Runs:
    """All runs of words of some texts, as one suffix automaton; no run goes from one text into the next."""

    __slots__ = ("_length", "_link", "_next", "holds")

    def __init__(self, texts: Sequence[Sequence[int]]) -> None:
        self._next: list[dict[int, int]] = [{}]
        self._link = [-1]
        self._length = [0]
        self.holds = any(len(text) >= RUN for text in texts)
        last = 0
        if self.holds:
            for number, text in enumerate(texts, start=1):
                for code in (*text, -number):
                    last = self._add(code, last)

    def _add(self, code: int, last: int) -> int:
        new = self._state({}, 0, self._length[last] + 1)
        at = last
        while at != -1 and code not in self._next[at]:
            self._next[at][code] = new
            at = self._link[at]
        if at == -1:
            return new
        target = self._next[at][code]
        if self._length[at] + 1 == self._length[target]:
            self._link[new] = target
            return new
        twin = self._state(dict(self._next[target]), self._link[target], self._length[at] + 1)
        while at != -1 and self._next[at].get(code) == target:
            self._next[at][code] = twin
            at = self._link[at]
        self._link[target] = self._link[new] = twin
        return new

    def _state(self, following: dict[int, int], link: int, length: int) -> int:
        self._next.append(following)
        self._link.append(link)
        self._length.append(length)
        return len(self._next) - 1

    def longest(self, text: Sequence[int]) -> list[int]:
        """For every place: how many words that end there stand in a row in one of the texts."""
        found: list[int] = []
        state = length = 0
        for code in text:
            while state and code not in self._next[state]:
                state = self._link[state]
                length = self._length[state]
            if code in self._next[state]:
                state = self._next[state][code]
                length += 1
            found.append(length)
        return found
