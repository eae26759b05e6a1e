"""API keys and the maintainers' password."""

from __future__ import annotations

import hashlib

import pytest

from bot.keys import Caller, make_key, read_keys, read_password
from ingest.errors import SettingsError
from ingest.settings import Settings
from tests.conftest import CORPUS
from tests.fakes import local_settings


def settings(**others: str) -> Settings:
    """Settings with these keys."""
    return local_settings(CORPUS, CORPUS, **others)


def test_several_named_keys_are_told_apart() -> None:
    keys = read_keys(settings(api_keys="cow:geheim-1, page:geheim-2,", errors_as_text="cow"))
    assert keys.find("geheim-1") == Caller("cow", errors_as_text=True)
    assert keys.find("geheim-2") == Caller("page")
    assert keys.find("geheim-3") is None
    assert keys.find("") is None
    assert keys.required


def test_a_key_may_be_given_as_its_digest() -> None:
    key, written = make_key()
    assert written == "sha256$" + hashlib.sha256(key.encode()).hexdigest()
    keys = read_keys(settings(api_keys=f"cow:{written}"))
    assert keys.find(key) == Caller("cow")
    assert keys.find(written) is None


def test_a_key_may_hold_colons_and_any_character() -> None:
    assert read_keys(settings(api_keys="a:b:钥匙:c")).find("b:钥匙:c") == Caller("a")


def test_without_keys_none_is_required_and_none_fits() -> None:
    keys = read_keys(settings())
    assert not keys.required
    assert keys.find("geheim") is None


@pytest.mark.parametrize(
    "written",
    ["geheim", ":geheim", "name:", "na me:geheim", "a:geheim,a:geheim2", "a:geheim,b:geheim",
     "a:sha256$geheim"],
)  # fmt: skip
def test_keys_that_cannot_be_read_are_an_error_that_repeats_none(written: str) -> None:
    with pytest.raises(SettingsError, match="ZHANGGUI_API_KEYS") as raised:
        read_keys(settings(api_keys=written))
    assert "geheim" not in str(raised.value)


def test_a_name_without_a_key_is_an_error_that_lists_the_names() -> None:
    with pytest.raises(SettingsError, match=r"'wechat'.*有：cow。"):
        read_keys(settings(api_keys="cow:geheim", errors_as_text="wechat"))


def test_the_password_matches_itself_alone_and_nothing_where_none_is_set() -> None:
    password = read_password(settings(admin_password="geheim"))
    assert password.is_set
    assert password.matches("geheim")
    assert not password.matches("geheim ")
    unset = read_password(settings())
    assert not unset.is_set
    assert not unset.matches("")


def test_nothing_shows_a_secret() -> None:
    given = settings(
        api_keys="cow:geheim-1",
        admin_password="geheim-2",
        database_url="postgresql://u:geheim-3@h/d",
        redis_url="redis://:geheim-4@h/0",
    )
    for thing in (given, read_keys(given), read_password(given), given.model_dump_json()):
        assert "geheim" not in f"{thing!r} {thing}"
