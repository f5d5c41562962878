"""Numbers in words, as a law folder's ``numerals.toml`` builds them: "dua ratus tiga belas"."""

from __future__ import annotations

from functools import cache

from satusuara.law.records import Record

LARGEST = 9_999
"""The highest number that is read back from words: no figure of a station's form comes near it."""


class Power(Record, frozen=True, kw_only=True):
    """A ten, hundred or thousand. ``one``: how a single one of it is said."""

    value: int
    one: str
    word: str


class Numerals(Record, frozen=True, kw_only=True):
    """numerals.toml. ``teen`` follows the ones from 12 to 19; ``zero_also``: other words that mean 0."""

    zero: str
    zero_also: tuple[str, ...] = ()
    ones: tuple[str, ...]  # 1 to 9
    eleven: str
    teen: str
    powers: tuple[Power, ...]  # from the highest

    def say(self, number: int) -> str:
        """A whole number from 0 in words.

        :raises ValueError: below 0, or beyond what the powers can say
        """
        top = self.powers[0].value
        if not 0 <= number < top * top:
            raise ValueError(f"no words for {number}")
        return self._say(number) if number else self.zero

    def _say(self, number: int) -> str:
        if number < 10:
            return self.ones[number - 1]
        if number == 11:
            return self.eleven
        if 11 < number < 20:
            return f"{self.ones[number - 11]} {self.teen}"
        power = next(each for each in self.powers if each.value <= number)
        many, rest = divmod(number, power.value)
        said = power.one if many == 1 else f"{self._say(many)} {power.word}"
        return f"{said} {self._say(rest)}" if rest else said

    def read(self, words: str) -> int | None:
        """The number that words say, whatever their spaces, hyphens and capitals; None where they say none.

        Reads up to ``LARGEST``; ``say`` and ``read`` undo each other.
        """
        return _known(self).get(_letters(words))


def _letters(words: str) -> str:
    return "".join(filter(str.isalpha, words.lower()))


@cache
def _known(numerals: Numerals) -> dict[str, int]:
    found = {_letters(numerals.say(number)): number for number in range(LARGEST + 1)}
    return found | {_letters(word): 0 for word in numerals.zero_also}
