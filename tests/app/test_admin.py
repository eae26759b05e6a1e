"""Only whoever knows the password changes anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from bot.keys import Password
from page.admin import Admins
from tests.app.conftest import page_server
from tests.app.fakes import FakeBot, loaded
from tests.fakes import local_settings

_PASSWORD = "开门 geheim"
_PART = {"x-part": "1"}


def _client(folder: Path, password: str | None = _PASSWORD) -> TestClient:
    secret = SecretStr(password) if password else None
    settings = local_settings(folder / "corpus", folder, admin_password=secret)
    (folder / "corpus").mkdir(exist_ok=True)
    return TestClient(page_server(loaded(FakeBot(), folder), settings))


def _enter(client: TestClient, password: str = _PASSWORD) -> str:
    form = {"password": password, "then": "maintenance"}
    return client.post("/login", data=form, headers=_PART).text


_CLOSED = [
    ("GET", "/maintenance"),
    ("POST", "/maintenance/preview"),
    ("POST", "/maintenance/store"),
    ("POST", "/maintenance/sync"),
    ("GET", "/maintenance/sync"),
    ("POST", "/maintenance/delete"),
    ("GET", "/unanswered"),
]


@pytest.mark.parametrize(("method", "path"), _CLOSED)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_without_a_login_everything_asks_for_the_password(
    tmp_path: Path, method: str, path: str, prefix: str
) -> None:
    response = _client(tmp_path).request(method, prefix + path, headers=_PART)
    assert 'type="password"' in response.text


def test_the_list_is_not_downloaded_without_a_login(tmp_path: Path) -> None:
    assert _client(tmp_path).get("/unanswered.csv").status_code == 403


def test_the_password_opens_and_leaving_closes(tmp_path: Path) -> None:
    client = _client(tmp_path)
    assert "data-poll" in _enter(client)
    assert client.get("/unanswered.csv").status_code == 200
    client.post("/logout", headers=_PART)
    assert client.get("/unanswered.csv").status_code == 403


def test_a_wrong_password_is_said_beside_its_field(tmp_path: Path) -> None:
    client = _client(tmp_path)
    assert "密码不对" in _enter(client, "falsch")
    assert client.get("/unanswered.csv").status_code == 403


def test_after_many_wrong_tries_the_right_password_has_to_wait(tmp_path: Path) -> None:
    client = _client(tmp_path)
    for _ in range(10):
        _enter(client, "falsch")
    assert "密码不对" in _enter(client)


def test_a_form_on_another_site_changes_nothing(tmp_path: Path) -> None:
    client = _client(tmp_path)
    _enter(client)
    response = client.post("/maintenance/sync")
    assert 'type="password"' in response.text


def test_a_login_ends_after_hours() -> None:
    now = 0.0
    admins = Admins(Password("x"), clock=lambda: now)
    assert admins.enter("x", "here") is not None
    token = admins.enter("x", "here")
    assert token is not None
    assert admins.holds(token)
    now += 8 * 3600 + 1
    assert not admins.holds(token)


def test_without_a_password_set_nothing_can_be_maintained(tmp_path: Path) -> None:
    client = _client(tmp_path, None)
    assert "ZHANGGUI_ADMIN_PASSWORD" in client.get("/maintenance").text
    _enter(client, "")
    assert client.get("/unanswered.csv").status_code == 403


def test_the_login_is_kept_from_scripts_and_other_sites(tmp_path: Path) -> None:
    client = _client(tmp_path)
    form = {"password": _PASSWORD, "then": "maintenance"}
    cookie = client.post("/login", data=form).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
