"""In which scripts a language is written, and what of a lexicon may be found in another one.

Keys are the same in all scripts, so that a name or a call is found however it is spelled. Short words of one language
then often have the key of a word of another: what says little by itself is only found in a script of its own.
"""

from __future__ import annotations

import re

from qalqan.model.words import ACTS, WHO, Said, Strength

LATIN, CYRILLIC, ARABIC = "Latn", "Cyrl", "Arab"
_LETTERS = (
    (CYRILLIC, re.compile("[\u0400-\u052f]")),
    (ARABIC, re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")),
    (LATIN, re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")),
)
_WRITTEN_IN = {
    **dict.fromkeys(("en", "de", "nl", "fr", "tr"), (LATIN,)),
    **dict.fromkeys(("uz", "tk"), (LATIN, CYRILLIC)),
    **dict.fromkeys(("ru", "kk", "ky", "tg"), (CYRILLIC,)),
    **dict.fromkeys(("ar", "ug"), (ARABIC,)),
}
_RETOLD = frozenset({"ru", "kk", "ky", "tg", "ar", "ug"})
"""Languages that people also write in Latin letters where a keyboard lacks theirs."""


def script_of(text: str) -> str | None:
    """Return the script of most of the letters, None where there are none of these scripts."""
    counts = [(len(letters.findall(text)), script) for script, letters in _LETTERS]
    most, script = max(counts)
    return script if most else None


def may_stand(said: Said, text: str) -> bool:
    """Whether a term may be found in this stretch of text: names and some strong acts in other scripts, too.

    A language that no lexicon of ours is in may stand in any.
    """
    scripts = _WRITTEN_IN.get(said.language)
    if scripts is None or said.sense in WHO:
        return True
    script = script_of(text)
    if script is None or script in scripts:
        return True
    strong = said.sense in ACTS and said.strength is Strength.STRONG
    return strong and script == LATIN and said.language in _RETOLD
