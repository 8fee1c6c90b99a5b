"""One running bot for every scenario that only talks to it; each scenario has people of its own."""

from __future__ import annotations

import itertools

import pytest

_users, _groups, _admins = itertools.count(), itertools.count(), itertools.count(1)
_strangers = itertools.count(500001)


@pytest.fixture(scope="session")
def server():
    from office import loopback_server

    with loopback_server() as server:
        yield server


@pytest.fixture(scope="session")
def bot(tmp_path_factory, embedder, server):
    from office import open_office

    with open_office(tmp_path_factory.mktemp("office"), embedder, server) as bot:
        yield bot


@pytest.fixture
def no_rule_is_broken(server):
    """Whatever the bot sent, it kept to the limits and the forms of Telegram."""
    yield
    found, server.violations = server.violations, []
    assert found == []


@pytest.fixture(scope="module")
def newcomer(server):
    """Another person who may ask, each time it is called."""
    from office import USERS

    return lambda: server.chat(USERS[next(_users)])


@pytest.fixture
def user(newcomer):
    return newcomer()


@pytest.fixture
def admin(server):
    from office import ADMINS

    return server.chat(ADMINS[next(_admins)])


@pytest.fixture
def group(server):
    from office import GROUPS

    return server.chat(GROUPS[next(_groups)])


@pytest.fixture
def stranger(server):
    return server.chat(next(_strangers))
