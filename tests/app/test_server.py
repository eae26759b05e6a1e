"""The routes beside the page, and the command that serves it all."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from fastapi.testclient import TestClient

from ingest.settings import Settings
from page.passages import passage_address
from scripts.serving import free_port
from tests.app.conftest import page_server
from tests.app.fakes import ARTICLE, QUOTE, FakeBot, citation, loaded, loading
from tests.conftest import CORPUS, ROOT
from tests.fakes import local_settings


def _app(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
    )


def _client(folder: Path) -> TestClient:
    return TestClient(page_server(loaded(FakeBot(), folder), _settings(folder)))


def _settings(folder: Path) -> Settings:
    return local_settings(folder / "corpus", folder)


def test_an_article_can_be_opened_once_the_bot_is_there(tmp_path: Path) -> None:
    service, go_on = loading(FakeBot(), tmp_path)
    client = TestClient(page_server(service, _settings(tmp_path)))
    address = "/" + passage_address(ARTICLE.id, 0, 1, "#")
    assert client.get(address).status_code == 503
    go_on()
    assert service.bot is not None
    assert client.get(address).status_code == 200


def test_an_article_is_a_page_of_its_own_or_a_part_of_the_page(tmp_path: Path) -> None:
    client = _client(tmp_path)
    address = "/" + passage_address(ARTICLE.id, citation().start, citation().end, QUOTE)
    whole, part = client.get(address), client.get(address + "&part=1")
    assert f"<mark>{QUOTE}</mark>" in whole.text
    assert f"<mark>{QUOTE}</mark>" in part.text
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert whole.headers["content-security-policy"].startswith("default-src 'self'")


def test_an_article_that_is_not_there_is_said_to_be_gone(tmp_path: Path) -> None:
    response = _client(tmp_path).get("/articles/没有/这篇")
    assert response.status_code == 404
    assert "已经不在知识库里" in response.text


def test_the_page_itself_is_served_at_the_root(tmp_path: Path) -> None:
    response = _client(tmp_path).get("/")
    assert response.status_code == 200
    assert "page-assets/page.js" in response.text


def test_without_an_index_the_command_ends_with_one_clear_line(
    tmp_path: Path, models_dir: Path
) -> None:
    (tmp_path / "models").symlink_to(models_dir, target_is_directory=True)
    port = str(free_port())
    ended = _app("--port", port, ZHANGGUI_DATA_DIR=str(tmp_path), ZHANGGUI_CORPUS_DIR=str(CORPUS))
    assert ended.returncode == 1
    assert [line for line in ended.stderr.splitlines() if line.startswith("错误：")]
    assert "python -m ingest sync" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_in_use_is_said_to_be_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = _app("--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert "端口已被占用" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_unknown_setting_is_named() -> None:
    ended = _app(ZHANGGUI_PROT="1")
    assert ended.returncode == 1
    assert "ZHANGGUI_PROT" in ended.stderr
