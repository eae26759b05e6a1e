"""What was acknowledged stays; the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from bot.answers import Turn
from bot.errors import StoreError, UnknownAnswerError
from bot.storage import GivenAnswer, Store, open_store
from bot.storage.store import _engine
from bot.storage.tables import metadata
from ingest.settings import Settings
from tests.conftest import CORPUS
from tests.fakes import local_settings
from tests.storage.conftest import Clock

HOUR = dt.timedelta(hours=1)


def given(clock: Clock, identifier: str = "a", **others: Any) -> GivenAnswer:
    """An answer; ``others`` replace its fields."""
    fields: dict[str, Any] = {
        "id": identifier,
        "at": clock(),
        "channel": "api",
        "question": f"问题{identifier}",
        "text": f"回答{identifier}",
        "status": "answered",
        "confidence": 0.9,
        "took_ms": 12.5,
        "articles": ("xiaohongshu/settlement",),
    }
    return GivenAnswer(**(fields | others))


def test_an_answer_comes_back_as_it_was_kept(
    store: Store, reopen: Callable[[], Store], clock: Clock
) -> None:
    kept = given(clock, searched="小红书多久结算", reason="")
    store.add_answer(kept)
    assert reopen().answer("a") == kept
    assert store.answer("b") is None


def test_a_conversation_is_remembered_in_order_by_its_session_alone(
    store: Store, reopen: Callable[[], Store], clock: Clock
) -> None:
    store.add_answer(given(clock, "1", session="甲"))
    store.add_answer(given(clock, "2", session="乙"))
    store.add_answer(given(clock, "3", session="甲", status="rejected"))
    store.add_answer(given(clock, "4", session="甲"))
    assert reopen().history("甲", idle=HOUR) == (
        Turn("user", "问题1"),
        Turn("assistant", "回答1"),
        Turn("user", "问题4"),
        Turn("assistant", "回答4"),
    )
    assert store.history("丙", idle=HOUR) == ()


def test_an_idle_conversation_is_over(store: Store, clock: Clock) -> None:
    store.add_answer(given(clock, "1", session="甲"))
    clock.move(minutes=59)
    store.add_answer(given(clock, "2", session="甲"))
    clock.move(minutes=60)
    assert len(store.history("甲", idle=HOUR)) == 4
    clock.move(seconds=1)
    assert store.history("甲", idle=HOUR) == ()


def test_a_new_conversation_knows_nothing_of_the_old_one(store: Store, clock: Clock) -> None:
    store.add_answer(given(clock, "1", session="甲"))
    store.forget("甲")
    assert store.history("甲", idle=HOUR) == ()
    assert store.answer("1") is not None


def test_only_the_last_ten_exchanges_are_remembered(store: Store, clock: Clock) -> None:
    for n in range(12):
        store.add_answer(given(clock, str(n), session="甲"))
    history = store.history("甲", idle=HOUR)
    assert [turn.content for turn in history[::2]] == [f"问题{n}" for n in range(2, 12)]


def test_whose_conversation_it_was_is_nowhere_in_the_database(store: Store, clock: Clock) -> None:
    store.add_answer(given(clock, session="wecom:ww1:user-zhang"))
    kept = store.answer("a")
    assert kept is not None and "zhang" not in repr(kept)


def test_the_last_word_on_an_answer_counts(store: Store, clock: Clock) -> None:
    store.add_answer(given(clock))
    store.add_feedback("a", helpful=False, reason="没说几号")
    store.add_feedback("a", helpful=True)
    assert store.feedback_counts() == {True: 1, False: 0}


def test_feedback_on_an_answer_never_given_is_an_error_that_names_it(store: Store) -> None:
    with pytest.raises(UnknownAnswerError, match="没有这个号"):
        store.add_feedback("没有这个号", helpful=True)
    assert store.feedback_counts() == {True: 0, False: 0}


def test_what_was_refused_or_found_unhelpful_is_listed_once_the_most_asked_first(
    store: Store, clock: Clock
) -> None:
    store.add_answer(given(clock, "1", question="佣金几个点", status="not_found"))
    store.add_answer(given(clock, "2", question="那佣金呢", searched="小红书的佣金呢"))
    store.add_feedback("2", helpful=False, reason="答的不是佣金")
    clock.move(minutes=1)
    store.add_answer(given(clock, "3", question="佣金几个点", status="not_found"))
    store.add_answer(given(clock, "4", question="答上了的"))
    listed = store.unanswered()
    assert [(one.question, one.reason, one.times, one.note) for one in listed] == [
        ("佣金几个点", "not_found", 2, ""),
        ("小红书的佣金呢", "unhelpful", 1, "答的不是佣金"),
    ]
    assert listed[0].last_at - listed[0].first_at == dt.timedelta(minutes=1)
    assert listed[0].answer_id == "3"
    assert store.unanswered(limit=1, offset=1) == listed[1:]


def test_a_resolved_question_leaves_the_list_until_it_is_asked_in_vain_again(
    store: Store, clock: Clock
) -> None:
    store.add_answer(given(clock, "1", question="佣金几个点", status="not_found"))
    (open_one,) = store.unanswered()
    assert store.resolve_unanswered(open_one.id, note="已补问法")
    assert store.unanswered() == []
    (resolved,) = store.unanswered(resolved=True)
    assert (resolved.note, resolved.resolved_at) == ("已补问法", clock())
    store.add_answer(given(clock, "2", question="佣金几个点", status="not_found"))
    assert [one.times for one in store.unanswered()] == [2]
    assert not store.resolve_unanswered(open_one.id + 1000)


@pytest.mark.parametrize(
    "text", ["a\0b", "半个\ud83d字", "佣" * 20_000, "'; DROP TABLE answers;--"]
)
def test_whatever_was_typed_can_be_kept(store: Store, clock: Clock, text: str) -> None:
    store.add_answer(given(clock, question=text, text=text, status="not_found", session=text))
    store.add_feedback("a", helpful=False, reason=text)
    assert len(store.history(text, idle=HOUR)) == 2
    assert len(store.unanswered()) == 1
    assert store.claim_message("wecom", text, text, {"text": text, "more": [text, 1, None]})
    assert not store.claim_message("wecom", text, text, {})


def test_of_many_claims_of_one_message_at_once_one_wins(store: Store) -> None:
    together = threading.Barrier(8)

    def claim(_: int) -> bool:
        together.wait()
        return store.claim_message("feishu", "bot", "m1", {"text": "问"})

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(claim, range(8))) == [False] * 7 + [True]


def test_a_message_is_known_by_channel_bot_and_id_together(store: Store) -> None:
    assert store.claim_message("feishu", "bot", "m1", {})
    assert store.claim_message("dingtalk", "bot", "m1", {})
    assert store.claim_message("feishu", "other", "m1", {})
    assert not store.claim_message("feishu", "bot", "m1", {})


def test_a_message_that_comes_again_within_eight_hours_is_known(store: Store, clock: Clock) -> None:
    assert store.claim_message("feishu", "bot", "m1", {})
    store.finish_message("feishu", "bot", "m1")
    clock.move(hours=8)
    store.prune(idle=HOUR)
    assert not store.claim_message("feishu", "bot", "m1", {})
    clock.move(seconds=1)
    assert store.claim_message("feishu", "bot", "m1", {})


def test_what_was_taken_and_not_dealt_with_is_found_after_a_restart(
    store: Store, reopen: Callable[[], Store], clock: Clock
) -> None:
    for number in ("m1", "m2", "m3", "m4"):
        store.claim_message("feishu", "bot", number, {"text": number})
        clock.move(seconds=1)
    store.claim_message("dingtalk", "bot", "m5", {})
    store.finish_message("feishu", "bot", "m1")
    store.finish_message("feishu", "bot", "m3", failed=True)
    left = reopen().unfinished_messages("feishu")
    assert [(one.message_id, one.payload, one.tries) for one in left] == [
        ("m2", {"text": "m2"}, 1),
        ("m4", {"text": "m4"}, 1),
    ]


def test_a_message_that_ends_the_process_every_time_is_given_up(store: Store) -> None:
    store.claim_message("feishu", "bot", "m1", {})
    counts = [len(store.unfinished_messages("feishu", max_tries=3)) for _ in range(5)]
    assert counts == [1, 1, 1, 0, 0]


def test_pruning_forgets_whose_old_conversations_were_and_keeps_their_answers(
    store: Store, clock: Clock
) -> None:
    store.add_answer(given(clock, "1", session="甲"))
    clock.move(hours=2)
    store.add_answer(given(clock, "2", session="甲"))
    store.prune(idle=HOUR)
    old, new = store.answer("1"), store.answer("2")
    assert old is not None and old.session is None
    assert new is not None and new.session is not None


def test_the_migrations_make_the_tables_the_code_works_with(
    store: Store, store_settings: Settings
) -> None:
    with _engine(store_settings).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_several_processes_may_open_an_empty_database_at_once(store_settings: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        for store in pool.map(lambda _: open_store(store_settings), range(4)):
            store.ping()
            store.close()


def test_writers_wait_for_each_other(store: Store, clock: Clock) -> None:
    def write(number: int) -> None:
        store.add_answer(given(clock, str(number), question="同一个", status="not_found"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(80)))
    assert [one.times for one in store.unanswered()] == [80]


@pytest.mark.parametrize(
    "url",
    ["mysql://root:geheim@h/db", "geheim", "sqlite://", "postgresql://u:geheim@127.0.0.1:1/d"],
)
def test_a_database_that_cannot_be_used_is_named_without_its_password(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(StoreError) as raised:
        open_store(local_settings(CORPUS, tmp_path, database_url=url))
    assert "ZHANGGUI_DATABASE_URL" in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "service.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match=r"service\.sqlite"):
        open_store(local_settings(CORPUS, tmp_path))


def test_sqlite_writes_survive_the_process(tmp_path: Path, clock: Clock) -> None:
    store = open_store(local_settings(CORPUS, tmp_path))
    store.add_answer(given(clock))
    # Not closed: what a killed process leaves behind.
    engine = create_engine(f"sqlite:///{tmp_path / 'service.sqlite'}")
    with engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM answers").scalar()
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    assert (count, mode) == (1, "wal")
    store.close()
