"""Every test of the store runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot.storage import Store, open_store
from ingest.settings import Settings
from tests.conftest import CORPUS
from tests.databases import running_postgres
from tests.fakes import local_settings

_NUMBERS = itertools.count(1)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        """The time it is."""
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass, as ``timedelta`` takes it."""
        self.now += dt.timedelta(**by)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL."""
    with running_postgres() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty database."""
    if request.param == "sqlite":
        return local_settings(CORPUS, tmp_path)
    address = make_url(request.getfixturevalue("postgres"))
    name = f"test_{next(_NUMBERS)}"
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    url = address.set(database=name).render_as_string(hide_password=False)
    return local_settings(CORPUS, tmp_path, database_url=url)


@pytest.fixture
def clock() -> Clock:
    """The store's clock."""
    return Clock()


@pytest.fixture
def reopen(store_settings: Settings, clock: Clock) -> Iterator[Callable[[], Store]]:
    """Opens the same database once more, as another process would."""
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(open_store(store_settings, now=clock))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def store(reopen: Callable[[], Store]) -> Store:
    """An empty store."""
    return reopen()
