"""The one place that talks to the database: SQLite in the data folder, or PostgreSQL."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, delete, event, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from bot.answers import Turn
from bot.errors import StoreError, UnknownAnswerError
from bot.storage.records import GivenAnswer, InboxMessage, UnansweredQuestion
from bot.storage.tables import answers, feedback, messages, unanswered
from ingest.settings import Settings

_FILE = "service.sqlite"
_MIGRATIONS = Path(__file__).with_name("migrations")
_BUSY_SECONDS = 30
# Any number that nothing else in the database locks.
_MIGRATION_LOCK = 7_860_001
# Feishu pushes an unacknowledged event for seven hours.
SEEN_FOR = dt.timedelta(hours=8)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_REMEMBERED = 10


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def open_store(settings: Settings, *, now: Callable[[], dt.datetime] = _now) -> Store:
    """The store of the settings, its tables made or brought up to date.

    Raises StoreError when the database cannot be opened.
    """
    engine = _engine(settings)
    with _explained(engine.url):
        _migrate(engine)
    return Store(engine, now=now)


class Store:
    """Answers, conversations, feedback and inbox. Safe to share between threads.

    Every method raises StoreError when the database cannot be used.
    """

    def __init__(self, engine: Engine, *, now: Callable[[], dt.datetime] = _now) -> None:
        self._engine = engine
        self._now = now
        self._insert: Any = (
            postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        )

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def ping(self) -> None:
        """Raise StoreError when the database does not answer."""
        with self._begin() as connection:
            connection.execute(text("SELECT 1"))

    # -- answers and conversations ---------------------------------------------------

    def add_answer(self, given: GivenAnswer) -> None:
        """Keep an answer; one that found nothing is counted as unanswered too."""
        row = {
            **{name: getattr(given, name) for name in ("id", "at", "channel", "status")},
            "confidence": given.confidence,
            "took_ms": given.took_ms,
            "session": _digest(given.session) if given.session is not None else None,
            "question": _storable(given.question),
            "searched": _storable(given.searched),
            "text": _storable(given.text),
            "reason": given.reason,
            "articles": list(given.articles),
        }
        with self._begin() as connection:
            connection.execute(answers.insert(), row)
            if given.status == "not_found":
                question = row["searched"] or row["question"]
                self._count_unanswered(connection, question, "not_found", given.id)

    def answer(self, answer_id: str) -> GivenAnswer | None:
        """An answer that was given; its ``session`` is a digest."""
        with self._begin() as connection:
            row = connection.execute(
                select(answers).where(answers.c.id == _storable(answer_id))
            ).first()
        return None if row is None else _given(row._mapping)

    def history(self, session: str, *, idle: dt.timedelta) -> tuple[Turn, ...]:
        """The last exchanges of a conversation; none when it has been idle for longer."""
        query = (
            select(answers.c.question, answers.c.text, answers.c.at)
            .where(answers.c.session == _digest(session), answers.c.status != "rejected")
            .order_by(answers.c.number.desc())
            .limit(_REMEMBERED)
        )
        with self._begin() as connection:
            rows = connection.execute(query).all()
        if not rows or rows[0].at < self._now() - idle:
            return ()
        return tuple(
            turn
            for row in reversed(rows)
            for turn in (Turn("user", row.question), Turn("assistant", row.text))
        )

    def forget(self, session: str) -> None:
        """Begin a conversation anew; its answers stay, without whose they were."""
        with self._begin() as connection:
            connection.execute(
                update(answers).where(answers.c.session == _digest(session)).values(session=None)
            )

    # -- feedback and unanswered questions -------------------------------------------

    def add_feedback(self, answer_id: str, *, helpful: bool, reason: str = "") -> None:
        """Keep what somebody thinks of an answer; the last word counts.

        Raises UnknownAnswerError when there is no such answer.
        """
        answer_id = _storable(answer_id)
        note = _storable(reason)
        row = {"at": self._now(), "helpful": helpful, "reason": note}
        with self._begin() as connection:
            query = select(answers.c.question, answers.c.searched).where(answers.c.id == answer_id)
            asked = connection.execute(query).first()
            if asked is None:
                raise UnknownAnswerError(f"没有编号为 {answer_id!r} 的回答。请填提问时返回的 id。")
            connection.execute(
                self._insert(feedback)
                .values(answer_id=answer_id, **row)
                .on_conflict_do_update(index_elements=["answer_id"], set_=row)
            )
            if not helpful:
                question = asked.searched or asked.question
                self._count_unanswered(connection, question, "unhelpful", answer_id, note)

    def feedback_counts(self) -> dict[bool, int]:
        """How many found an answer helpful (True) and how many did not (False)."""
        query = select(feedback.c.helpful, func.count()).group_by(feedback.c.helpful)
        with self._begin() as connection:
            counted = {bool(helpful): int(count) for helpful, count in connection.execute(query)}
        return {True: 0, False: 0} | counted

    def unanswered(
        self, *, resolved: bool = False, limit: int = 100, offset: int = 0
    ) -> list[UnansweredQuestion]:
        """Questions for the maintainer, the most often asked first."""
        column = unanswered.c.resolved_at
        query = (
            select(unanswered)
            .where(column.is_not(None) if resolved else column.is_(None))
            .order_by(unanswered.c.times.desc(), unanswered.c.last_at.desc(), unanswered.c.id)
            .limit(limit)
            .offset(offset)
        )
        with self._begin() as connection:
            rows = connection.execute(query).all()
        return [_unanswered(row._mapping) for row in rows]

    def resolve_unanswered(self, number: int, *, note: str = "") -> bool:
        """Take a question off the list until somebody asks it in vain again; False: not there."""
        done = {"resolved_at": self._now(), **({"note": _storable(note)} if note else {})}
        with self._begin() as connection:
            changed = connection.execute(
                update(unanswered).where(unanswered.c.id == number).values(**done)
            )
        return bool(changed.rowcount)

    def _count_unanswered(
        self, connection: Connection, question: str, reason: str, answer_id: str, note: str = ""
    ) -> None:
        now = self._now()
        last = {"last_at": now, "reason": reason, "answer_id": answer_id}
        insert = self._insert(unanswered).values(
            digest=_digest(question), question=question, times=1, first_at=now, note=note, **last
        )
        again = {"times": unanswered.c.times + 1, "resolved_at": None, **last}
        if note:
            again["note"] = note
        connection.execute(insert.on_conflict_do_update(index_elements=["digest"], set_=again))

    # -- inbox -----------------------------------------------------------------------

    def claim_message(
        self, channel: str, bot_id: str, message_id: str, payload: dict[str, Any]
    ) -> bool:
        """Take a message to be dealt with; False when it was taken in the last eight hours.

        Of any number of simultaneous claims one is told True.
        """
        now = self._now()
        fresh = {"at": now, "state": "received", "tries": 0, "payload": _storable_json(payload)}
        claim = self._insert(messages).values(**_message(channel, bot_id, message_id), **fresh)
        claim = claim.on_conflict_do_update(
            index_elements=["channel", "bot_id", "message_id"],
            set_=fresh,
            where=messages.c.at < now - SEEN_FOR,
        ).returning(messages.c.tries)
        with self._begin() as connection:
            return connection.execute(claim).first() is not None

    def finish_message(
        self, channel: str, bot_id: str, message_id: str, *, failed: bool = False
    ) -> None:
        """Say that a message was answered, or that answering it failed for good.

        What it said is dropped; that it was seen is remembered.
        """
        key = _message(channel, bot_id, message_id)
        state = "failed" if failed else "answered"
        with self._begin() as connection:
            connection.execute(
                update(messages)
                .where(*(messages.c[name] == value for name, value in key.items()))
                .values(state=state, payload={})
            )

    def unfinished_messages(self, channel: str, *, max_tries: int = 3) -> list[InboxMessage]:
        """Messages taken before a restart and not dealt with, the oldest first.

        Each call counts as a try; a message that was tried ``max_tries`` times is given up as
        failed, so that one that ends the process cannot do so for ever.
        """
        waiting = (messages.c.channel == channel) & (messages.c.state == "received")
        with self._begin() as connection:
            connection.execute(
                update(messages)
                .where(waiting, messages.c.tries >= max_tries)
                .values(state="failed", payload={})
            )
            connection.execute(update(messages).where(waiting).values(tries=messages.c.tries + 1))
            rows = connection.execute(select(messages).where(waiting).order_by(messages.c.at))
            return [
                InboxMessage(
                    row.channel, row.bot_id, row.message_id, row.payload, row.tries, row.at
                )
                for row in rows
            ]

    # -- housekeeping ----------------------------------------------------------------

    def prune(self, *, idle: dt.timedelta) -> None:
        """Forget idle conversations' owners and messages too old to come again."""
        now = self._now()
        with self._begin() as connection:
            connection.execute(
                update(answers)
                .where(answers.c.session.is_not(None), answers.c.at < now - idle)
                .values(session=None)
            )
            connection.execute(
                delete(messages).where(
                    messages.c.at < now - SEEN_FOR, messages.c.state != "received"
                )
            )

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with _explained(self._engine.url), self._engine.begin() as connection:
            yield connection


def _engine(settings: Settings) -> Engine:
    if settings.database_url is None:
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StoreError(f"数据目录 {settings.data_dir} 写不了：{exc.strerror}。") from exc
        url = URL.create("sqlite", database=str(settings.data_dir / _FILE))
    else:
        url = _given_url(settings.database_url.get_secret_value())
    # What was asked stands in the parameters, and errors end up in the log.
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    try:
        return create_engine(
            url, pool_pre_ping=True, connect_args={"connect_timeout": 5}, hide_parameters=True
        )
    except ImportError as exc:
        raise StoreError("PostgreSQL 还缺驱动，请运行：pip install 'zhanggui[postgres]'。") from exc


def _given_url(written: str) -> URL:
    # Its text may hold a password: no message repeats it.
    try:
        url = make_url(written)
    except ArgumentError:
        raise StoreError(_BAD_URL) from None
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database:
        return url
    raise StoreError(_BAD_URL)


_BAD_URL = (
    "设置 ZHANGGUI_DATABASE_URL 的值不能用：应为 postgresql://用户:密码@主机:端口/库，"
    "或 sqlite:///文件；不设则用数据目录里的 SQLite。"
)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # Readers and the one writer do not wait for each other.
    cursor.execute("PRAGMA journal_mode=WAL")
    # What was acknowledged survives a power cut too.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.connect() as connection:
        # Of several processes that start at once, one migrates.
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MIGRATION_LOCK})
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


@contextmanager
def _explained(url: URL) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as exc:
        cause = exc.orig if isinstance(exc, DBAPIError) and exc.orig else exc
        first = (str(cause).strip() or type(cause).__name__).splitlines()[0].rstrip("。.")
        if url.password:
            first = first.replace(str(url.password), "***")
        raise StoreError(
            f"数据库 {url.render_as_string(hide_password=True)} 用不了：{first}。"
            "请检查 ZHANGGUI_DATABASE_URL、磁盘和权限。"
        ) from exc


def _message(channel: str, bot_id: str, message_id: str) -> dict[str, str]:
    return {"channel": channel, "bot_id": _key(bot_id), "message_id": _key(message_id)}


def _key(written: str) -> str:
    """A platform's ids are short and plain; one that is not must not break the key."""
    plain = len(written) <= 255 and _storable(written) == written
    return written if plain else _digest(written)


def _storable(written: str) -> str:
    """Without what PostgreSQL keeps in no text: NUL and halves of characters."""
    return _UNSTORABLE.sub("\ufffd", written)


def _storable_json(value: Any) -> Any:
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, dict):
        return {_storable(str(key)): _storable_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_json(item) for item in value]
    return value


def _digest(written: str) -> str:
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def _given(row: Any) -> GivenAnswer:
    fields = {name: row[name] for name in GivenAnswer.__dataclass_fields__ if name != "articles"}
    return GivenAnswer(**fields, articles=tuple(row["articles"]))


def _unanswered(row: Any) -> UnansweredQuestion:
    return UnansweredQuestion(
        **{name: row[name] for name in UnansweredQuestion.__dataclass_fields__}
    )
