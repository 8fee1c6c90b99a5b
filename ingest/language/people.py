"""People named in a Chinese text, with the posts they are named by.

Pure. Spans come in order, lie in the text and never overlap. A name counts only with a post, a verb or a mark beside
it, so an ordinary word that begins with a surname (高度, 方案) is none. Time is linear in the text.
"""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.language.divisions import by_name
from ingest.language.marks import COLONS, COMMAS, ENDS
from ingest.language.posts import Post, post_at, post_pattern, posts, same_post
from ingest.language.words import alternation, table

__all__ = ["Person", "Post", "find", "is_name", "post_pattern", "posts", "same_post", "surname_pattern"]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_DOT = "·•・‧"
_FOREIGN = 6  # characters of one part of a name with dots, at most
_BETWEEN = 24  # characters between two posts of one person, or between 任 and the post
_APPOSED = 16  # characters between a name and the post behind a mark
_HELD = 8  # posts told of one person, at most
_USUAL = 0.7  # the share of characters of a name with dots that such names are usually written with
_LONG = 3  # characters from where on a name without a dot is a foreign one
_LED = 6  # characters of the longest word that leads to a name
_AND = frozenset(("、", "和", "与", "及", "以及", " ", "\u3000", "\xa0"))
_IN_CLAUSE = rf"[^{COMMAS}{ENDS}\n]"
_CURRICULUM = rf"(?:[{COMMAS}](?:[男女]|\d{{4}}年{_IN_CLAUSE}{{1,8}})(?:[{COMMAS}]{_IN_CLAUSE}{{1,16}}){{0,4}}?)"
"""What stands between a name and the post behind it: ,男,汉族,1970年生."""
_OPEN = ("mark", "listed", "told")


@dataclass(frozen=True, slots=True)
class Person:
    """A person whom a text names.

    `name` is written without spaces. `post` is the nearest one as written, None where none is told;
    `posts` are all that stand with the name in one enumeration, in order of the text, the nearest among them.
    """

    start: int
    end: int
    name: str
    post: str | None
    deputy: bool
    post_start: int | None
    post_end: int | None
    posts: tuple[Post, ...]
    former: bool = False
    """Whether the text says that the post is held no longer: 原主席, 曾任主席, 免去…的主席职务."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The tables, ready for look-up."""

    surnames: frozenset[str]
    doubles: frozenset[str]
    given: frozenset[str]
    never: frozenset[str]
    loose: frozenset[str]
    foreign: frozenset[str]
    particles: tuple[str, ...]
    landscape: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text with the posts in it."""

    text: str
    posts: tuple[Post, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def post_at(self, start: int) -> Post | None:
        """The post that begins at `start`."""
        at = bisect_left(self.starts, start)
        return self.posts[at] if at < len(self.starts) and self.starts[at] == start else None

    def post_to(self, end: int) -> Post | None:
        """The post that ends at `end`."""
        at = bisect_left(self.ends, end)
        return self.posts[at] if at < len(self.ends) and self.ends[at] == end else None


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that may stand at a place; `sure` where its characters alone make it likely, `word` where it begins
    as an ordinary word does, `foreign` where it may be one without a dot (巴特尔)."""

    start: int
    end: int
    sure: bool
    word: bool
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class _Left:
    """What stands before a name: a post, another person of one enumeration, a word that leads to it, a mark."""

    kind: str
    post: Post | None = None


def find(text: str) -> tuple[Person, ...]:
    """The people that a text names, in order."""
    held = posts(text)
    read = _Text(text, held, tuple(p.start for p in held), tuple(p.end for p in held))
    found: list[Person] = []
    for at in _openings(read):
        if found and at < found[-1].end:
            continue
        left = _left(read, at, found)
        name = _best(read, at, left)
        if name is not None:
            found.append(_person(read, name, left, found))
    return tuple(_with_shared_posts(read, found))


def is_name(word: str) -> bool:
    """Whether a word by itself looks like a person's name: 李卫民, 欧阳某某, 艾尔肯·吐尼亚孜; not 高度."""
    if _dotted().fullmatch(word):
        return True
    return any(name.end == len(word) and not name.word for name in _names_at(word, 0))


@functools.cache
def surname_pattern() -> str:
    """A pattern of one surname, in a group that captures nothing."""
    return f"(?:{alternation(_people()['double_surnames'])}|[{_people()['surnames']}])"


def _openings(read: _Text) -> list[int]:
    """Where a name may begin: at a surname, or before a dot at the nearest border."""
    dots = {_dotted_from(read, match.start()) for match in _dot().finditer(read.text)}
    return sorted(dots | set(read.ends) | {match.start() for match in _opening().finditer(read.text)})


def _dotted_from(read: _Text, dot: int) -> int:
    """Where a name with a dot begins: behind a post, else behind a word that leads to it, else at the mark before."""
    first = dot
    while first > max(0, dot - _FOREIGN) and _han().match(read.text, first - 1):
        first -= 1
    starts = range(dot - 1, first - 1, -1)
    posts_end = (at for at in starts if read.post_to(at))
    led = (at for at in starts if _lead_before(read.text, at) and dot - at > 1)
    return next(posts_end, next(led, first))


# Names


def _names_at(text: str, at: int) -> Iterator[_Name]:
    """What may be a name that begins at `at`, the longest first."""
    if dotted := _dotted().match(text, at):
        yield from _foreign(text, at, dotted)
    if long := _undotted().match(text, at):
        yield from (_Name(at, end, False, False, foreign=True) for end in range(long.end(), at + _LONG - 1, -1))
    double = next((word for word in _doubles_by_first().get(text[at : at + 1], ()) if text.startswith(word, at)), "")
    for surname in filter(None, (double, text[at : at + 1])):
        if surname == double or surname in _words().surnames:
            yield from _given(text, at, at + len(surname), surname == double)


def _foreign(text: str, start: int, match: re.Match[str]) -> Iterator[_Name]:
    """A name with dots, its last part the shorter where a word that may follow a name cuts it."""
    last = match.start("last")
    follow = (_verbs(), _spoken(), _words_of_doing())
    ends = range(last + 2, match.end())
    cut = (end for end in ends if post_at(text, end) or any(words.match(text, end) for words in follow))
    end = next(cut, match.end())
    letters = [char for char in text[start:end] if char not in _DOT]
    usual = sum(char in _words().foreign for char in letters)
    yield _Name(start, end, usual >= _USUAL * len(letters), False)


def _given(text: str, start: int, at: int, double: bool) -> Iterator[_Name]:
    if untold := _unnamed().match(text, at):
        yield _Name(start, untold.end(), True, False)
        return
    for length in (2, 1):
        given = text[at : at + length]
        if len(given) == length and _given_name().fullmatch(given):
            sure = all(char in _words().given for char in given)
            yield _Name(start, at + length, sure or double, not double and _is_word(text, start))
    if spaced := _spaced().match(text, at):
        yield _Name(start, spaced.end(), spaced[1] in _words().given, False)


def _is_word(text: str, start: int) -> bool:
    """Whether a name begins as an ordinary word does."""
    return text[start + 1] in _people()["ordinary"].get(text[start], "")


def _best(read: _Text, at: int, left: _Left) -> _Name | None:
    """The longest name at a place whose borders are sure enough."""
    return next((name for name in _names_at(read.text, at) if _stands(read, name, left)), None)


def _stands(read: _Text, name: _Name, left: _Left) -> bool:
    """Whether what stands on both sides of a name shows that it is one."""
    beside = left.kind in ("post", "person")
    if not beside and (name.foreign or not _may_stand_alone(read.text, name, left)):
        return False
    if _cuts_a_word(read, name):
        return False
    right = _right(read, name.end)
    if _blank().search(read.text, name.start, name.end):
        return left.kind == "post" and right in _OPEN
    if read.text.startswith(_words().particles, name.start) and not _is_no_particle(name, left, right):
        return False
    return _stands_behind_post(read.text, name, left, right) if beside else _stands_alone(name, left, right)


def _may_stand_alone(text: str, name: _Name, left: _Left) -> bool:
    """Whether a name without a post before it is neither a place nor an ordinary word."""
    written = text[name.start : name.end]
    if not left.kind and not (name.sure and name.end - name.start > 2):
        return False
    if name.word:
        return left.kind == "lead" and name.sure and name.end - name.start > 2
    if len(written) > 2 and _spoken().match(text, name.end):
        return True
    return not ({written, written[:2]} & _divisions() or written.endswith(_words().landscape))


def _stands_alone(name: _Name, left: _Left, right: str) -> bool:
    if name.word:
        return right in ("post", "spoken")
    return right == "spoken" or (bool(left.kind) and name.sure and _tells(name, right))


def _is_no_particle(name: _Name, left: _Left, right: str) -> bool:
    """Whether a surname that is a particle or a numeral far more often (向, 于) is a surname here."""
    if left.kind == "post":
        return name.sure and right not in ("", "short", "word", "post")
    return name.sure and (right in ("spoken", "told") or (right == "verb" and left.kind == "person"))


def _tells(name: _Name, right: str) -> bool:
    """Whether what stands behind a name shows that it is one, with nothing but a mark before it: 王伟出席, 王建国在."""
    return right in ("verb", "post", "told", "listed") or (right == "short" and name.end - name.start > 2)


def _stands_behind_post(text: str, name: _Name, left: _Left, right: str) -> bool:
    if name.foreign:
        return left.post is not None and not left.post.is_trade and right not in ("", "short")
    if name.word and (name.end - name.start == 2 or not name.sure):
        return False
    if left.kind == "person" and name.word:
        return right in ("spoken", "verb", "listed", "mark")
    if left.kind == "person" or (left.post is not None and left.post.word in _words().loose):
        return bool(right) and not name.word and (name.sure or right == "spoken")
    return bool(right) or (name.sure and name.end - name.start > 2 and not name.word and not _goes_on(text, name))


def _goes_on(text: str, name: _Name) -> bool:
    """Whether a name may be the beginning of a foreign one: 艾森豪 of 艾森豪威尔."""
    return all(char in _words().foreign for char in text[name.start : name.end + 1])


def _cuts_a_word(read: _Text, name: _Name) -> bool:
    """Whether the last character of a name opens a word that may follow one: 明担 of 欧阳明担任."""
    last = name.end - 1
    if last < name.start + 2:
        return False
    follows = (words.match(read.text, last) for words in (_verbs(), _spoken()))
    return read.post_at(last) is not None or any(match and match.end() > name.end for match in follows)


def _right(read: _Text, end: int) -> str:
    """What stands behind a name; empty where nothing bounds it.

    "spoken" (同志), "post", "told" for a post told behind a mark, "listed" for the next of an enumeration, "mark",
    "verb", "short" for a verb of one character, "word" for one that may follow much else.
    """
    text = read.text
    if not _han().match(text, end):
        if _behind(read, end):
            return "told"
        return "listed" if text[end : end + 1] in _AND and _han().match(text, end + 1) else "mark"
    if _spoken().match(text, end):
        return "spoken"
    if read.post_at(end):
        return "post"
    verb = _verbs().match(text, end)
    if _taking().match(text, end) and _behind(read, end):
        return "told"
    if verb is not None:
        return "verb" if len(verb[0]) > 1 else "short"
    return "word" if _words_of_doing().match(text, end) else ""


def _left(read: _Text, at: int, found: Sequence[Person]) -> _Left:
    text = read.text
    if found and found[-1].end < at and text[found[-1].end : at] in _AND:
        return _Left("person")
    for end in (at, _joined_to(text, at)):
        if post := read.post_to(end):
            return _Left("post", post)
    if at == 0 or _parts().match(text, at - 1):
        return _Left("mark")
    return _Left("lead") if _lead_before(text, at) else _Left("")


def _joined_to(text: str, at: int) -> int:
    """Where what a joining word or a mark joins to `at` ends: the end of 主席 in 主席由…."""
    while at > 0 and _blank().match(text, at - 1):
        at -= 1
    for length in range(min(_LED, at), 0, -1):
        if text[at - length : at] in _joins():
            return at - length
    return at


def _lead_before(text: str, at: int) -> bool:
    return any(text[at - length : at] in _leading() for length in range(1, min(_LED, at) + 1))


# What is told of a person


def _person(read: _Text, name: _Name, left: _Left, found: Sequence[Person]) -> Person:
    before = _chain_before(read, left.post) if left.post else ()
    behind = _behind(read, name.end)
    nearest = before[-1] if before else behind[0] if behind else None
    if nearest is None and left.kind == "person":
        shared = _nearest_of(found[-1])
        if shared is not None and (shared.deputy or shared.word not in _people()["chiefs"]):
            return _told(read, name, found[-1].posts, shared, found[-1].former)
    given_up = nearest is not None and (nearest.is_former or (not before and _gives_up(read, name.end)))
    return _told(read, name, before + behind, nearest, given_up)


def _gives_up(read: _Text, end: int) -> bool:
    """Whether the post behind a name is told as one held no longer: 王某某不再担任主席."""
    return bool(_past().match(read.text, end) or _office(read, end))


def _told(read: _Text, name: _Name, held: tuple[Post, ...], nearest: Post | None, former: bool) -> Person:
    written = _blank().sub("", read.text[name.start : name.end])
    if nearest is None:
        return Person(name.start, name.end, written, None, False, None, None, ())
    return Person(name.start, name.end, written, nearest.post, nearest.deputy, nearest.start, nearest.end, held, former)


def _nearest_of(person: Person) -> Post | None:
    return next((post for post in person.posts if post.start == person.post_start), None)


def _chain_before(read: _Text, last: Post) -> tuple[Post, ...]:
    """The enumeration of posts that ends with `last`: 省科协党组书记、副主席."""
    held = [last]
    at = bisect_left(read.starts, last.start)
    while at > 0 and len(held) < _HELD and _enumerated(read.text, read.posts[at - 1].end, held[-1].start):
        at -= 1
        held.append(read.posts[at])
    return tuple(reversed(held))


def _chain_behind(read: _Text, first: Post) -> tuple[Post, ...]:
    held = [first]
    at = bisect_left(read.starts, first.start)
    while (
        at + 1 < len(read.posts)
        and len(held) < _HELD
        and _enumerated(read.text, held[-1].end, read.posts[at + 1].start)
    ):
        at += 1
        held.append(read.posts[at])
    return tuple(held)


def _enumerated(text: str, end: int, start: int) -> bool:
    """Whether a second post belongs to the enumeration that the first, which ends at `end`, opens or continues."""
    return start - end <= _BETWEEN and _further().fullmatch(text, end, start) is not None


def _behind(read: _Text, end: int) -> tuple[Post, ...]:
    """The posts told behind a name: 王某某,省科协主席; 王某某任组长; 王某某教授."""
    if post := read.post_at(end):
        return () if _is_anothers(read, post) else (post,)
    opening = _takes().match(read.text, end)
    if opening is None:
        return _office(read, end)
    takes = opening[opening.lastgroup] if opening.lastgroup else ""
    at = bisect_left(read.starts, opening.end())
    if at == len(read.posts) or read.starts[at] - opening.end() > (_BETWEEN if takes else _APPOSED):
        return ()
    post = read.posts[at]
    if not _plain().fullmatch(read.text, opening.end(), post.start):
        return ()
    if len(takes) < 2 and _han().match(read.text, post.end) and (not takes or post.is_trade):
        return ()
    return _own(read, _chain_behind(read, post))


def _office(read: _Text, end: int) -> tuple[Post, ...]:
    """The posts that a name is relieved of, told behind 的 as an office: 免去王某某的党组书记、主席职务."""
    opening = _possessive().match(read.text, end)
    at = bisect_left(read.starts, opening.end()) if opening else len(read.posts)
    if opening is None or at == len(read.posts) or read.starts[at] - opening.end() > _BETWEEN:
        return ()
    held = _chain_behind(read, read.posts[at])
    between = _plain().fullmatch(read.text, opening.end(), held[0].start)
    return held if between and read.text.startswith(tuple(_people()["offices"]), held[-1].end) else ()


def _own(read: _Text, held: tuple[Post, ...]) -> tuple[Post, ...]:
    """Those posts of an enumeration behind a name that are not the next one's: 王某某任组长、副主席李某某任副组长."""
    return tuple(itertools.takewhile(lambda post: not _is_anothers(read, post), held))


def _is_anothers(read: _Text, post: Post) -> bool:
    """Whether a post behind a name is that of the next one: 王某某,副主席李某某."""
    at = post.end
    while _blank().match(read.text, at):
        at += 1
    return any(name.sure and not name.word for name in _names_at(read.text, at))


def _with_shared_posts(read: _Text, found: Sequence[Person]) -> list[Person]:
    """The same with the post of the last of an enumeration given to those before it: 王某某、李某某任副主席.

    A name that is only the first of an enumeration, without a post in the end, counts no more.
    """
    told: list[Person] = []
    for person in reversed(found):
        after = told[-1] if told else None
        if person.post is None and after is not None and read.text[person.end : after.start] in _AND:
            post = _nearest_of(after)
            if post is not None and post.start >= after.end:
                name = _Name(person.start, person.end, True, False)
                person = _told(read, name, after.posts, post, after.former)
        if person.post is not None or not _only_listed(read, person):
            told.append(person)
    return told[::-1]


def _only_listed(read: _Text, person: Person) -> bool:
    """Whether nothing but the next of an enumeration bounds a name that no post, verb or word of address follows."""
    return _right(read, person.end) in ("listed", "mark")


# The tables as patterns


def _people() -> Mapping[str, Any]:
    return table("people")


@functools.cache
def _words() -> _Words:
    words = _people()
    return _Words(
        frozenset(words["surnames"]),
        frozenset(words["double_surnames"]),
        frozenset(words["given"]),
        frozenset(words["never_given"]),
        frozenset(words["loose"]),
        frozenset(words["foreign"]),
        tuple(words["particles"]),
        tuple(words["landscape"]),
    )


@functools.cache
def _doubles_by_first() -> dict[str, tuple[str, ...]]:
    doubles = _people()["double_surnames"]
    return {word[0]: tuple(one for one in doubles if one[0] == word[0]) for word in doubles}


@functools.cache
def _opening() -> re.Pattern[str]:
    first = "".join(sorted(_words().surnames | {word[0] for word in _words().doubles}))
    return re.compile(f"[{first}]")


@functools.cache
def _dot() -> re.Pattern[str]:
    return re.compile(f"(?<=[{_HAN}])[{_DOT}](?=[{_HAN}])")


@functools.cache
def _dotted() -> re.Pattern[str]:
    return re.compile(
        f"[{_HAN}]{{1,{_FOREIGN}}}(?:[{_DOT}][{_HAN}]{{1,{_FOREIGN}}}){{0,2}}[{_DOT}](?P<last>[{_HAN}]{{1,{_FOREIGN}}})"
    )


@functools.cache
def _unnamed() -> re.Pattern[str]:
    return re.compile(alternation(_people()["unnamed"]))


@functools.cache
def _given_name() -> re.Pattern[str]:
    return re.compile(f"[{_HAN}]+(?<![{_people()['never_given']}])(?<![{_people()['never_given']}].)")


@functools.cache
def _spaced() -> re.Pattern[str]:
    return re.compile(rf"[ \u3000]([{_HAN}])(?![{_HAN}])")


@functools.cache
def _blank() -> re.Pattern[str]:
    return re.compile(r"[ \t\u3000\xa0]")


@functools.cache
def _parts() -> re.Pattern[str]:
    """What bounds a name before it: no figure or letter."""
    return re.compile(r"[^\w·•・‧]")


@functools.cache
def _divisions() -> frozenset[str]:
    """Names of places by which people might be called: 龙岩."""
    return frozenset(division.stem for named in by_name().values() for division in named)


@functools.cache
def _han() -> re.Pattern[str]:
    return re.compile(f"[{_HAN}]")


@functools.cache
def _spoken() -> re.Pattern[str]:
    return re.compile(alternation(_people()["honorifics"]))


@functools.cache
def _verbs() -> re.Pattern[str]:
    return re.compile(alternation(_people()["verbs"]))


@functools.cache
def _words_of_doing() -> re.Pattern[str]:
    """What leads from a person to a place does follow a person: 深入, 走进."""
    return re.compile(alternation(word for word in table("places")["leads"] if len(word) > 1))


@functools.cache
def _undotted() -> re.Pattern[str]:
    foreign = "".join(sorted(_words().foreign))
    return re.compile(f"[{foreign}]{{{_LONG},{_FOREIGN + 2}}}")


@functools.cache
def _joins() -> frozenset[str]:
    return frozenset(_people()["joins"])


@functools.cache
def _leading() -> frozenset[str]:
    return frozenset(_people()["leads"])


@functools.cache
def _takes() -> re.Pattern[str]:
    honorific = f"(?:{alternation(_people()['honorifics'])})?"
    takes = alternation(_people()["takes"])
    forms = (
        f"{_CURRICULUM}[{COMMAS}](?P<after_all>{takes})",
        f"[{COMMAS}{COLONS}(（] ?(?P<behind>{takes})?",
        f"(?P<on>{takes})",
    )
    return re.compile(f"{honorific}(?:{'|'.join(forms)})")


@functools.cache
def _past() -> re.Pattern[str]:
    """A word by which a post was held before or is given up."""
    return re.compile(f"(?:{alternation(_people()['honorifics'])})?[{COMMAS}(（]?(?:{alternation(_people()['past'])})")


@functools.cache
def _possessive() -> re.Pattern[str]:
    return re.compile(f"(?:{alternation(_people()['honorifics'])})?的")


@functools.cache
def _taking() -> re.Pattern[str]:
    return re.compile(alternation(_people()["takes"]))


@functools.cache
def _plain() -> re.Pattern[str]:
    """What may stand between a name and the post behind it: no mark."""
    return re.compile(rf"[{_HAN}\w“”\"《》·]*")


@functools.cache
def _further() -> re.Pattern[str]:
    return re.compile(rf"[、兼和及/][{_HAN}\w“”]*")
