"""Settings: what is wrong is said at start, by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import SettingsError
from ingest.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "near"),
    [("ZHANGGUI_PROT", "ZHANGGUI_PORT"), ("zhanggui_data_dirs", "ZHANGGUI_DATA_DIR")],
)
def test_an_unknown_setting_is_named_with_the_one_it_resembles(
    monkeypatch: pytest.MonkeyPatch, name: str, near: str
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=f"未知的设置 {name}。是不是想写 {near}？"):
        load_settings()


def test_an_unknown_setting_in_the_env_file_is_named_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ZHANGGUI_PROT=1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"ZHANGGUI_PROT.*ZHANGGUI_PORT"):
        load_settings()


def test_other_programs_variables_are_nobodys_business(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMETHING_ELSE", "1")
    (tmp_path / ".env").write_text("FOO=1\nZHANGGUI_PORT=8000\n", encoding="utf-8")
    assert load_settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ZHANGGUI_PORT", "http", "应为整数"),
        ("ZHANGGUI_PORT", "80.5", "应为整数"),
        ("ZHANGGUI_PORT", "0", "不能小于 1"),
        ("ZHANGGUI_PORT", "70000", "不能大于 65535"),
        ("ZHANGGUI_CHROMA_URL", "localhost:8000", "http://"),
        ("ZHANGGUI_CHROMA_URL", "http://localhost:8000/db", "http://"),
    ],
)
def test_a_malformed_setting_is_named_with_its_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert name in str(raised.value) and repr(value) in str(raised.value)
    assert said in str(raised.value)
    monkeypatch.delenv(name)
    (tmp_path / ".env").write_text(f"{name}={value}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_an_env_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("ZHANGGUI_HOST=主机".encode("gb18030"))
    with pytest.raises(SettingsError, match=r"\.env 不是 UTF-8"):
        load_settings()


def test_the_environment_goes_before_the_env_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("ZHANGGUI_PORT=1111\nZHANGGUI_HOST=0.0.0.0\n", encoding="utf-8")
    monkeypatch.setenv("ZHANGGUI_PORT", "2222")
    assert (load_settings().port, load_settings().host) == (2222, "0.0.0.0")


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_CHROMA_URL", "")
    monkeypatch.setenv("ZHANGGUI_PORT", "")
    assert load_settings() == Settings(_env_file=None)


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())
