"""How often somebody may ask; counted in memory and in a real Redis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.limits import RateLimits, make_limits
from ingest.errors import SettingsError
from scripts.serving import free_port
from tests.conftest import CORPUS
from tests.databases import running_redis
from tests.fakes import local_settings


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    """The address of a Redis."""
    with running_redis() as address:
        yield address


@pytest.fixture(params=["memory", "redis"])
def counted_in(request: pytest.FixtureRequest) -> str | None:
    """Where it is counted: the address of a Redis, or nothing."""
    return str(request.getfixturevalue("redis")) if request.param == "redis" else None


def test_the_eleventh_in_a_minute_has_to_wait_and_is_told_so_once(counted_in: str | None) -> None:
    limits = RateLimits({"user": "10/minute;100/day"}, redis_url=counted_in)
    assert all(limits.hit("user", "wecom", "张三").allowed for _ in range(10))
    refused = [limits.hit("user", "wecom", "张三") for _ in range(3)]
    assert [one.allowed for one in refused] == [False] * 3
    assert [one.first_notice for one in refused] == [True, False, False]
    assert 1 <= refused[0].retry_after_s <= 60
    assert refused[0].notice == f"提问太快，请 {refused[0].retry_after_s} 秒后再试。"
    assert limits.hit("user", "wecom", "李四").allowed


def test_what_is_refused_by_one_window_does_not_fill_the_other(counted_in: str | None) -> None:
    limits = RateLimits({"user": "1/second;3/hour"}, redis_url=counted_in)
    assert limits.hit("user", "王五").allowed
    assert not any(limits.hit("user", "王五").allowed for _ in range(5))
    another = RateLimits({"user": "3/hour"}, redis_url=counted_in)
    if counted_in:  # the same window, seen from another process
        assert [another.hit("user", "王五").allowed for _ in range(3)] == [True, True, False]


def test_no_two_names_read_the_same_when_they_are_joined(counted_in: str | None) -> None:
    limits = RateLimits({"chat": "1/hour", "user": "1/hour"}, redis_url=counted_in)
    for rule, keys in (("chat", ["a/b", "c"]), ("chat", ["a", "b/c"]), ("user", ["a", "b/c"])):
        assert limits.hit(rule, *keys).allowed  # type: ignore[arg-type]
    assert not limits.hit("chat", "a/b", "c").allowed


def test_when_redis_is_gone_questions_are_answered_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    limits = RateLimits({"user": "1/hour"}, redis_url=f"redis://:geheim@127.0.0.1:{free_port()}/0")
    assert all(limits.hit("user", "张三").allowed for _ in range(3))
    assert "cannot be counted" in caplog.text
    assert "geheim" not in caplog.text


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ({"user_limit": "oft"}, "ZHANGGUI_USER_LIMIT"),
        ({"chat_limit": "10/fortnight"}, "ZHANGGUI_CHAT_LIMIT"),
        ({"redis_url": "mongodb://geheim@h"}, "ZHANGGUI_REDIS_URL"),
        ({"redis_url": "redis://u:geheim@h:port/0"}, "ZHANGGUI_REDIS_URL"),
    ],
)
def test_a_limit_that_cannot_be_read_is_named(others: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named) as raised:
        make_limits(local_settings(CORPUS, CORPUS, **others))
    assert "geheim" not in str(raised.value)
