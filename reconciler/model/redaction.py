"""Personal data out of what vendors hold of customers, and out of what they say. Pure.

A field that is known by its name (reviewer_name, subscriber_email, phone) is hidden whole. Every other text loses
e-mail addresses, telephone numbers, and the names that its own object holds in such fields. Rather too much than too
little; that something is null may be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.value import JSON

HIDDEN = "***"

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PERSONAL = frozenset(
    {"email", "emails", "mail", "phone", "phones", "mobile", "telephone", "tel", "msisdn", "sms", "destination"}
    | {"fname", "sname", "lname", "firstname", "lastname", "surname", "fullname", "username", "nickname"}
    | {"born", "birthday", "birthdate"}
)
_PERSON = frozenset(
    {"reviewer", "subscriber", "customer", "client", "user", "author", "contact", "respondent", "recipient"}
    | {"person", "member", "first", "last", "full", "middle", "given", "family", "nick"}
)
_SHOWN_OF = frozenset({"name", "image", "photo", "picture", "avatar", "url", "link", "profile"})
# Fields that hold ids, links, times: what looks like a telephone number there is none.
_PLAIN = frozenset(
    {"id", "ids", "location", "platform", "subscriber", "campaign", "step", "reference", "url", "link"}
    | {"date", "created", "updated", "from", "to"}
)
_EMAIL = re.compile(r"[\w.+%'-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63})+")
# Seven digits or more, with what people put between them; no date, and not inside a word or a path.
_PHONE = re.compile(
    r"(?<![\w/=@#-])(?!\d{4}-\d{2}-\d{2})(?!\d{1,2}[./-]\d{1,2}[./-]\d{4}(?!\d))"
    r"\+?\(?(?:\d[ \u00a0()./-]{0,3}){6,30}\d(?!\w)"
)
# With its plus, a number is one wherever it stands: also in a link, and URL-encoded.
_DIALLED = re.compile(r"(?:\+|%2[Bb])\d{7,15}(?!\d)")
_SHORTEST = 3  # a shorter part of a name is not looked for in texts: it would tear words apart


def redacted(value: JSON) -> JSON:
    """The value with personal data hidden, of the same shape."""
    return _redacted(value, frozenset(), ())


def scrubbed(text: str, names: Iterable[str] = ()) -> str:
    """The text without e-mail addresses, telephone numbers, and the given names."""
    text = _PHONE.sub(HIDDEN, _DIALLED.sub(HIDDEN, _EMAIL.sub(HIDDEN, text)))
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", HIDDEN, text)
    return text


def is_personal(words: frozenset[str]) -> bool:
    """Whether a field holds personal data, by the words of its name (and of the field that holds it)."""
    return bool(words & _PERSONAL) or bool(words & _PERSON and words & _SHOWN_OF)


def _redacted(value: JSON, words: frozenset[str], names: tuple[str, ...]) -> JSON:
    if isinstance(value, Mapping):
        own = tuple(sorted({*names, *_names(value, words)}, key=lambda name: (-len(name), name)))
        return {key: _field(key, item, words, own) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(item, words, names) for item in value]
    if isinstance(value, str) and not words & _PLAIN:
        return scrubbed(value, names)
    return value


def _field(key: str, value: JSON, around: frozenset[str], names: tuple[str, ...]) -> JSON:
    own = _words(key)
    if value is not None and is_personal(own | around) and not isinstance(value, Mapping):
        return HIDDEN
    return _redacted(value, own, names)


def _names(value: Mapping[str, JSON], around: frozenset[str]) -> Iterator[str]:
    """What is hidden of an object, whole and word by word: its other texts may repeat it."""
    for key, item in value.items():
        if isinstance(item, str) and is_personal(_words(key) | around):
            yield from (part for part in (item.strip(), *item.split()) if len(part) >= _SHORTEST)


def _words(key: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(key))
