"""People named in a Chinese text, with the posts they are named by.

Pure. Spans come in order, lie in the text and never overlap. A name counts only with a post, a verb or a mark beside
it, so an ordinary word that begins with a surname (高度, 方案) is none. Time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.language import called
from ingest.language.appointments import (
    PostedText,
    assigned,
    chain_before,
    gives_up,
    is_relieved,
    posts_behind,
    takes_on,
)
from ingest.language.bounds import AND, Left, lead_before, left_of, right_of, stands
from ingest.language.names import (
    FOREIGN,
    Name,
    blank,
    han,
    inner_dot,
    is_name,
    name_start,
    names_at,
    surname_pattern,
)
from ingest.language.posts import Post, post_pattern, posts, same_post
from ingest.language.tenure import follows_him, held_by_several, leaves, told_before
from ingest.language.words import table

__all__ = ["Person", "Post", "find", "is_name", "post_pattern", "posts", "same_post", "surname_pattern"]


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
    called: bool = False
    """Whether the given name isn't told: 王局长, whose name is written so with the post, 老张."""


def find(text: str) -> tuple[Person, ...]:
    """The people that a text names, in order."""
    read = PostedText.of(text)
    persons: list[Person] = []
    for at in _openings(read):
        if persons and at < persons[-1].end:
            continue
        left = left_of(read, at, persons[-1].end if persons else None)
        name = _best(read, at, left)
        person = _person(read, name, left, persons) if name is not None else _called(read, at, left, persons)
        if person is not None:
            if left.kind == "successor":
                persons[-1] = replace(persons[-1], former=True)
            persons.append(person)
    return tuple(_with_shared_posts(read, persons))


def _openings(read: PostedText) -> list[int]:
    """Where a name may begin: at a surname, or before a dot at the nearest border."""
    dots = {_dotted_from(read, match.start()) for match in inner_dot().finditer(read.text)}
    return sorted(
        dots
        | set(read.ends)
        | set(called.openings(read.text))
        | {match.start() for match in name_start().finditer(read.text)}
    )


def _called(read: PostedText, at: int, left: Left, persons: Sequence[Person]) -> Person | None:
    """Who is called by surname and post, or as 老张, at `at`."""
    if name := called.familiar(read, at, left):
        return replace(_person(read, name, left, persons), called=True)
    if titled := called.titled(read, at, left):
        name, post = titled
        person = _told(read, name, (post,) if post else (), post, False)
        return replace(person, called=True)
    return None


def _dotted_from(read: PostedText, dot: int) -> int:
    """Where a name with a dot begins: behind a post, else behind a word that leads to it, else at the mark before."""
    first = dot
    while first > max(0, dot - FOREIGN) and han().match(read.text, first - 1):
        first -= 1
    starts = range(dot - 1, first - 1, -1)
    posts_end = (_past_joint(read.text, at, dot) for at in starts if read.post_to(at))
    led = (at for at in starts if lead_before(read.text, at) and dot - at > 1)
    return next(posts_end, next(led, first))


def _past_joint(text: str, at: int, dot: int) -> int:
    """Where the name behind a post begins, past the word that joins them: 组长由…."""
    joint = max((word for word in table("people")["joins"] if text.startswith(word, at)), key=len, default="")
    return at + len(joint) if at + len(joint) < dot else at


def _best(read: PostedText, at: int, left: Left) -> Name | None:
    """The longest name at a place whose borders are sure enough."""
    if left.post and left.post.end == at and _past_joint(read.text, at, len(read.text)) > at:
        return None
    named = (name for name in names_at(read.text, at) if not _ends_with_post(read, name))
    return next((name for name in named if stands(read, name, left)), None)


def _ends_with_post(read: PostedText, name: Name) -> bool:
    """Whether what looks like a given name is a post: 欧阳校长."""
    post = read.post_to(name.end)
    return post is not None and post.start > name.start


def _person(read: PostedText, name: Name, left: Left, persons: Sequence[Person]) -> Person:
    before = chain_before(read, left.post) if left.post else ()
    behind = posts_behind(read, name.end)
    if behind and before and before[-1].is_former and takes_on(read.text, name.end):
        before = ()  # 原副馆长王某某任馆长
    handed = assigned(read, before[0].start, name.end) if before and not behind else None
    if handed is not None:
        return _told(read, name, (*before, handed), handed, False)
    nearest = before[-1] if before else behind[0] if behind else None
    shared = _nearest_of(persons[-1]) if nearest is None and left.kind in ("person", "successor") else None
    if shared is not None and left.kind == "successor":
        return _told(read, name, persons[-1].posts, shared, False)
    if shared is not None and _may_be_shared(read, shared):
        return _told(read, name, persons[-1].posts, shared, persons[-1].former)
    if nearest is None:
        return _told(read, name, (), None, is_relieved(read, name.end) or leaves(read.text, name.end))
    return _told(read, name, before + behind, nearest, _is_held_no_longer(read, name, before, behind))


def _may_be_shared(read: PostedText, post: Post) -> bool:
    """Whether several people named together can hold a post: one chief at a time, one after the other more."""
    return post.deputy or post.word not in table("people")["chiefs"] or held_by_several(read.text, post.start)


def _is_held_no_longer(read: PostedText, name: Name, before: Sequence[Post], behind: Sequence[Post]) -> bool:
    """Whether the nearest post is told as one of before; 原 before an enumeration of posts is said of all of them."""
    if follows_him(read.text, name.start):
        return True
    if not before:
        first = behind[0]
        return first.is_former or gives_up(read, name.end) or _was_held(read, first, name.end)
    if before[-1].is_current:
        return False
    held = list(_of_one_body(before))
    return any(post.is_former for post in held) or _was_held(read, held[-1]) or leaves(read.text, name.end)


def _of_one_body(before: Sequence[Post]) -> Iterator[Post]:
    """Of posts before a name the last and those that share its body: 县科协原党组书记、主席."""
    for post, after in zip(reversed(before), (None, *reversed(before)), strict=False):
        if after is not None and post.end + 1 < after.start:
            return
        yield post


def _was_held(read: PostedText, post: Post, since: int = 0) -> bool:
    """Whether the words before a post say that it was held before; a trade is nothing that is given up."""
    return not post.is_trade and told_before(read.text, post.start, since)


def _told(read: PostedText, name: Name, held: tuple[Post, ...], nearest: Post | None, former: bool) -> Person:
    written = blank().sub("", read.text[name.start : name.end])
    if nearest is None:
        return Person(name.start, name.end, written, None, False, None, None, (), former)
    return Person(name.start, name.end, written, nearest.post, nearest.deputy, nearest.start, nearest.end, held, former)


def _nearest_of(person: Person) -> Post | None:
    return next((post for post in person.posts if post.start == person.post_start), None)


def _with_shared_posts(read: PostedText, persons: Sequence[Person]) -> list[Person]:
    """The same with the post of the last of an enumeration given to those before it: 王某某、李某某任副主席.

    A name that is only the first of an enumeration, without a post in the end, counts no more.
    """
    kept: list[Person] = []
    for person in reversed(persons):
        after = kept[-1] if kept else None
        if person.post is None and after is not None and read.text[person.end : after.start] in AND:
            post = _nearest_of(after)
            if post is not None and post.start >= after.end:
                name = Name(person.start, person.end, True, False)
                person = replace(_told(read, name, after.posts, post, after.former), called=person.called)
        if person.post is not None or person.called or not _only_listed(read, person):
            kept.append(person)
    return kept[::-1]


def _only_listed(read: PostedText, person: Person) -> bool:
    """Whether nothing but the next of an enumeration bounds a name that no post, verb or word of address follows."""
    return right_of(read, person.end) in ("listed", "mark")
