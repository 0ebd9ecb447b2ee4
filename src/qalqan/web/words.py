"""What the program's own short names are called when people read them."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from qalqan.assess.policy import Policy
from qalqan.assess.weigh import clock
from qalqan.assess.why_not import WhyNot
from qalqan.i18n import gettext as _
from qalqan.i18n import mark, ngettext
from qalqan.model.assessments import Reason
from qalqan.model.matches import Match
from qalqan.web import people_words, senses

BANDS = {
    "known": mark("Known"),
    "likely": mark("Likely"),
    "look": mark("Look"),
    "context": mark("Context"),
    "nothing": mark("Nothing"),
}
BANDS_ABOUT = {
    "known": mark("The very thing that is known, or a copy that is hardly changed."),
    "likely": mark("A near copy of something known, or several signs that agree."),
    "look": mark("Something of it is known: a person should look when there is time."),
    "context": mark("It reports, studies, judges, warns or mourns: for a person, with that context. No flag."),
    "nothing": mark("Nothing known was found, or only weak signs that say little alone."),
}
KINDS = {
    "sha256": mark("Same file"),
    "pdq": mark("Picture"),
    "picture-local": mark("Part of a picture"),
    "video-pdq": mark("Video"),
    "video-local": mark("Part of a video"),
    "sound": mark("Sound"),
    "still": mark("Still"),
    "text": mark("Text"),
    "text-words": mark("Edited text"),
    "link": mark("Link"),
    **{name: senses.INDICATORS[name] for name in ("handle", "invite", "mail", "phone", "hashtag", "wallet", "payment")},
}
ITEM_KINDS = {
    "message": mark("Message"),
    "post": mark("Post"),
    "page": mark("Page"),
    "file": mark("File"),
    "article": mark("Article"),
    "profile": mark("Profile"),
}
MEDIA_KINDS = {
    "picture": mark("Picture"),
    "video": mark("Video"),
    "audio": mark("Sound"),
    "text": mark("Text"),
    "other": mark("File"),
}
STATUSES = {
    "active": mark("Active"),
    "disputed": mark("Disputed"),
    "retired": mark("Retired"),
    "quarantined": mark("Set aside"),
}
STAGES = {
    "digest": mark("Same file"),
    "text": mark("Text"),
    "radius": mark("Whole picture"),
    "symmetry": mark("Turned or bordered"),
    "still": mark("Still"),
    "local": mark("Part of a picture"),
    "frames": mark("Frames of a video"),
    "frames-local": mark("Parts of frames"),
    "hint": mark("A first look at a film"),
    "sound": mark("Sound"),
}
STATES = {
    "waiting": mark("Waiting"),
    "reading": mark("Reading"),
    "walking": mark("Comparing"),
    "done": mark("Done"),
    "failed": mark("Failed"),
    "cancelled": mark("Cancelled"),
}
STEPS = {"sources": mark("Reading the input"), "signals": mark("Reading the file")}
FEATURES = {
    "exact-copy": mark("The same file"),
    "near-picture": mark("A picture like it"),
    "picture-part": mark("A part of the picture"),
    "picture-part-unsure": mark("Perhaps a part of the picture"),
    "near-video": mark("A video like it"),
    "video-part": mark("A part of the video"),
    "video-part-unsure": mark("Perhaps a part of the video"),
    "same-sound": mark("The same sound"),
    "same-sound-unsure": mark("Perhaps the same sound"),
    "still-of-video": mark("A picture of the video"),
    "same-text": mark("The same text"),
    "quoted-text": mark("The text is quoted"),
    "near-text": mark("The text, edited"),
    "near-text-unsure": mark("Much of the text"),
    "known-link": mark("A known link"),
    "known-contact": mark("A known account, address or wallet"),
    "no-longer-known": mark("No longer known"),
    **senses.WORD_FEATURES,
}
# What an assessment says when all that it stood on is gone: the one reason that no policy holds.
NOTHING_LEFT = mark("Nothing of it is known any more: what it matched was retired, disputed or has run out.")
TRANSFORMS = {
    "turned 90° clockwise": mark("turned 90° clockwise"),
    "upside down": mark("upside down"),
    "turned 90° counter-clockwise": mark("turned 90° counter-clockwise"),
    "mirrored top to bottom": mark("mirrored top to bottom"),
    "mirrored": mark("mirrored"),
    "mirrored and turned 90° counter-clockwise": mark("mirrored and turned 90° counter-clockwise"),
    "mirrored and turned 90° clockwise": mark("mirrored and turned 90° clockwise"),
    "stretched": mark("stretched"),
    "colours inverted": mark("colours inverted"),
}
# What was done to a known thing by some measure: {n} stands for it.
MEASURED = {
    "turned {n}° clockwise": mark("turned %(n)s° clockwise"),
    "turned {n}° counter-clockwise": mark("turned %(n)s° counter-clockwise"),
    "at {n} × size": mark("at %(n)s × size"),
    "speed ×{n}": mark("speed ×%(n)s"),
    "tempo ×{n}": mark("tempo ×%(n)s"),
    "pitch ×{n}": mark("pitch ×%(n)s"),
}
TABLES = {
    "band": BANDS, "band_about": BANDS_ABOUT, "kind": KINDS, "item_kind": ITEM_KINDS, "media_kind": MEDIA_KINDS,
    "status": STATUSES, "state": STATES, "step": STEPS, "feature": FEATURES, "stage": STAGES,
    **senses.TABLES, **people_words.TABLES,
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[-+]\d+)?")
_FACT = re.compile(r"\{(\w+)\}")
_NEARLY_SAME, _CLOSE = 8, 20
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SCHEME = re.compile(r"^(h)tt(ps?)(?=:)", re.IGNORECASE)


_APART = ("name", "label", "bank", "act", "who", "beside", "value", "context")
"""Facts that are others' words: each keeps to its own writing direction."""


def title(table: str, name: str) -> str:
    """Return what `name` is called; a plugin's own names stand for themselves."""
    found = TABLES[table].get(name)
    return _(found) if found else name


def transform(said: str) -> str:
    """Return what was done to a known thing, part by part: `mirrored, turned 12° clockwise, at 0.5 × size`."""
    return ", ".join(_part(part) for part in said.split(", "))


def _part(part: str) -> str:
    if part in TRANSFORMS:
        return _(TRANSFORMS[part])
    numbers = _NUMBER.findall(part)
    measured = MEASURED.get(_NUMBER.sub("{n}", part, count=1))
    return _(measured) % {"n": numbers[0]} if measured else part


def reason(one: Reason) -> Markup:
    """Return a reason in the reader's language, its facts escaped and each kept to its own writing direction."""
    facts = {name: shown(str(value)) for name, value in one.facts.items()}
    if "://" in facts.get("value", ""):
        facts["value"] = defanged(facts["value"])
    if facts.get("turned"):
        facts["turned"] = ", " + transform(facts["turned"].removeprefix(", "))

    def fact(found: re.Match[str]) -> Markup:
        name = found[1]
        value = facts.get(name, "?")
        return Markup("<bdi>{}</bdi>").format(value) if name in _APART else escape(value)

    # Escaping first leaves the braces alone, and what is put in afterwards is escaped by itself.
    return Markup(_FACT.sub(fact, str(escape(_(one.text)))))  # noqa: S704 - every part was escaped above


def plain_reason(one: Reason) -> str:
    """Return a reason as plain text."""
    return reason(one).striptags()


def category(name: str, policy: Policy) -> str:
    """Return what a category is called; one that the policy does not have stands for itself."""
    return _(policy.categories[name].title) if name in policy.categories else name


def why_not(one: WhyNot, policy: Policy) -> str:
    """Return what kept something from counting, in the reader's language."""
    would = ", ".join(f"{category(name, policy)} ({title('band', band.value)})" for name, band in one.would)
    return _(senses.WHY_NOT[one.cause]) % {"terms": ", ".join(map(shown, one.terms)), "would": would}


def indicator(kind: str, value: str) -> str:
    """Return an indicator so that nothing opens or reaches it: links and mail addresses are taken apart."""
    if kind in ("link", "invite") or "://" in value:
        return defanged(value)
    return shown(value).replace("@", "[@]").replace(".", "[.]") if kind == "mail" else shown(value)


def distance(match: Match) -> str:
    """Return how far apart the two are, in words and in the kind's own unit."""
    if match.kind in ("sha256", "link"):
        return _("Identical")
    if match.kind == "text":
        share = round(100 * (1 - match.distance))
        return _("Letter for letter") if match.verified else _("%(n)s%% of this text is the known one") % {"n": share}
    if match.kind == "sound":
        return _("%(n)s%% of what is heard agrees") % {"n": round(100 * (1 - match.distance))}
    if match.kind in ("picture-local", "video-local"):
        return _("By points, not by its look as a whole")
    bits = round(match.distance)
    if match.kind == "video-pdq":
        return ngettext("%(n)s of 256 bits differs, on average", "%(n)s of 256 bits differ, on average", bits) % {
            "n": bits
        }
    return ngettext("%(n)s of 256 bits differs", "%(n)s of 256 bits differ", bits) % {"n": bits}


MEANINGS = {
    "sha256": mark("Byte for byte the same file: nothing about it was changed."),
    "link": mark("The same address. A link alone says little: read what it is there for."),
    "same-text": mark("The same words once spelling tricks are taken away."),
    "text": mark("The known text is in it. Quoting is not promoting: read what stands around it."),
    "sound": mark("The same recording is heard in both. What is seen with it may be something else."),
    "picture-local": mark("A part of the known picture is in this one, at the place that is marked."),
    "picture-local-unsure": mark("Points agree, the look does not: chance is possible. Compare the two with care."),
    "video-local": mark("Cropped, framed or laid over, the same pictures follow in the same order."),
    "same": mark("As good as the same picture: saved again, resized or slightly retouched."),
    "near": mark("Clearly a copy, with visible changes such as a caption, a logo or a crop."),
    "far": mark("Alike, at the edge of likeness: chance is possible. Compare the two with care."),
}


def meaning(match: Match) -> str:
    """Return what a match's distance means for somebody who looks."""
    name = "same-text" if match.kind == "text" and match.verified else match.kind
    name = "picture-local-unsure" if match.kind == "picture-local" and not match.verified else name
    if name not in MEANINGS:
        steps = ((_NEARLY_SAME, "same"), (_CLOSE, "near"))
        name = next((near for most, near in steps if match.distance <= most), "far")
    meant = MEANINGS[name]
    return _(meant)


def shown(text: str) -> str:
    """Return one line of text from outside with what cannot be seen made visible: `⟨U+202E⟩` for a turned order."""
    return _HIDDEN.sub(lambda found: " " if found[0] in "\n\r\t" else f"⟨U+{ord(found[0]):04X}⟩", text)


def defanged(url: str) -> str:
    """Return an address that nothing makes a link of: `hxxps://name[.]example/path`."""
    head, separator, tail = _SCHEME.sub(r"\1xx\2", shown(url)).partition("://")
    if not separator:
        return head.replace(".", "[.]").replace(":", "[:]", 1)
    host, slash, path = tail.partition("/")
    return f"{head}://{host.replace('.', '[.]')}{slash}{path}"


def moments(start: float, end: float) -> str:
    """Return an interval of a recording: `0:12–1:03`."""
    return f"{clock(start)}–{clock(end)}"
