"""The command line: one clear line and exit status 1 for whatever is wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from bot import Answer
from evals import __main__ as command
from evals.drafts import DRAFTS
from ingest.settings import PREFIX, Settings
from tests.evals.making import write_lines
from tests.phrasing.service import MODEL, Says, chat_service, quoting

Call = Callable[..., tuple[int, str, str]]
ANSWERABLE: dict[str, Any] = {
    "id": "a",
    "kind": "fact",
    "split": "test",
    "question": "小红书多久结算一次货款？",
    "expect": {"status": ["answered"], "articles": ["xiaohongshu/settlement"]},
}
TALK: dict[str, Any] = {
    "id": "b",
    "kind": "smalltalk",
    "split": "dev",
    "question": "你好",
    "expect": {"status": ["answered"], "no_citations": True},
}


REFUSED: dict[str, Any] = {
    "id": "c",
    "kind": "out_of_scope",
    "split": "test",
    "question": "抖音佣金几个点",
    "expect": {"status": ["not_found"]},
}


class _Refusing(BaseHTTPRequestHandler):
    """A service that has an answer to nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps(Answer("not_found", "没有找到").as_dict()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is written to the terminal."""


@pytest.fixture
def service() -> Iterator[str]:
    """The address of a running service."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Refusing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def call(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    corpus_settings: Settings,
) -> Call:
    """Runs a command on the session's index: exit status, output, errors."""
    monkeypatch.setenv(f"{PREFIX}DATA_DIR", str(corpus_settings.data_dir))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["evals", *arguments])
        with pytest.raises(SystemExit) as left:
            command.main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return run


@pytest.mark.parametrize("arguments", [[], ["run"], ["external"], ["calibrate"], ["drafts"]])
def test_help_names_every_option(call: Call, arguments: list[str]) -> None:
    status, said, _ = call(*arguments, "--help")
    assert status == 0
    wanted = {
        "run": [
            "--split",
            "--kinds",
            "--json",
            "--html",
            "--against",
            "--url",
            "--gates",
            "--chat-model",
        ],
        "external": ["--squad", "--limit", "--json"],
        "calibrate": ["--out", "--dry-run"],
        "drafts": ["--fit", "--drafts", "--gates"],
    }.get(arguments[0] if arguments else "", ["run", "external", "calibrate", "drafts"])
    assert [name for name in wanted if name not in said] == []


def test_the_bot_of_this_process_is_asked_and_its_ranking_seen(call: Call, tmp_path: Path) -> None:
    write_lines(tmp_path / "all.jsonl", ANSWERABLE, TALK)
    assert call("run", "--cases", str(tmp_path), "--json", str(tmp_path / "out.json"))[0] == 0
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [case["passed"] for case in report["cases"]] == [True, True]
    assert report["cases"][0]["found"][0] == "xiaohongshu/settlement"
    assert report["target"] == "本进程"


def test_a_run_with_a_chat_model_reports_the_same_figures_beside(
    call: Call, tmp_path: Path
) -> None:
    cases, out = tmp_path / "cases", tmp_path / "out.json"
    cases.mkdir()
    write_lines(cases / "all.jsonl", ANSWERABLE, TALK, REFUSED)
    with chat_service() as chat:
        # One sentence of its own after each quote.
        chat.script = lambda request, _: Says(f"{quoting(request).text}另有300元奖励[1]。")
        model = ["--chat-model", MODEL, "--chat-base-url", chat.url]
        status, said, _ = call("run", "--cases", str(cases), "--json", str(out), *model)
        assert len(chat.requests) == 1
    assert status == 0
    assert f"不用大模型与用 {MODEL}" in said
    report = json.loads(out.read_text(encoding="utf-8"))
    beside = report["chat"]
    assert (beside["offered"], beside["phrased"], beside["input_tokens"]) == (1, 1, 1000)
    assert beside["dropped"] == {"figure": 1}
    for part in ("overall", "test"):
        plain = {k: v for k, v in report["figures"][part].items() if not k.endswith("_ms")}
        phrased = {k: v for k, v in beside["figures"][part].items() if not k.endswith("_ms")}
        assert phrased == plain


def test_the_drafts_are_measured(call: Call, tmp_path: Path) -> None:
    few = DRAFTS.read_text(encoding="utf-8").splitlines()[:4]
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join(few) + "\n", encoding="utf-8")
    status, said, _ = call("drafts", "--drafts", str(path))
    assert status == 0
    assert "好句误删" in said and "没有标注出处" in said


def test_a_run_writes_its_reports_and_compares_with_an_older_one(
    call: Call, tmp_path: Path, service: str
) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    old, new, page = tmp_path / "old.json", tmp_path / "new.json", tmp_path / "out" / "page.html"
    arguments = ["run", "--cases", str(cases), "--url", service]
    write_lines(cases / "all.jsonl", REFUSED, TALK)
    assert call(*arguments, "--json", str(old))[0] == 0
    assert json.loads(old.read_text(encoding="utf-8"))["target"] == service

    write_lines(cases / "all.jsonl", {**REFUSED, "expect": {"status": ["rejected"]}})
    outputs = ["--json", str(new), "--html", str(page)]
    status, said, _ = call(*arguments, *outputs, "--against", str(old))
    assert status == 0
    assert "变坏 1：c" in said
    assert "没有了 1：b" in said
    assert REFUSED["question"] in page.read_text(encoding="utf-8")


def test_a_missed_gate_ends_with_status_1_only_when_asked_for(
    call: Call, tmp_path: Path, service: str
) -> None:
    arguments = ["run", "--cases", str(tmp_path), "--url", service]
    write_lines(tmp_path / "all.jsonl", {**REFUSED, "expect": {"status": ["rejected"]}})
    assert call(*arguments)[0] == 0
    assert call(*arguments, "--gates")[0] == 1
    write_lines(tmp_path / "all.jsonl", REFUSED)
    assert call(*arguments, "--gates")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["run", "--kinds", "facts"], "没有 'facts' 这一类用例"),
        (["run", "--split", "train"], "没有 'train' 这一部分"),
        (["run", "--split", "dev", "--gates"], "--gates 不能和 --split dev 一起用"),
        (["run", "--cases", "no-such-folder"], "没有 .jsonl 用例文件"),
        (["run", "--against", "no-such-report.json"], "旧报告 no-such-report.json 读不了"),
        (["run", "--kinds", "smalltalk", "--url", "http://127.0.0.1:9"], "连不上"),
        (["run", "--kinds", "smalltalk", "--url", "nonsense"], "连不上"),
        (["run", "--chat-model", "any", "--url", "http://127.0.0.1:9"], "不能和 --url 一起用"),
        (["drafts", "--drafts", "no-such-file.jsonl"], "no-such-file.jsonl 读不了"),
        (["external", "--squad", "no-such-file.json"], "no-such-file.json 读不了"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(call: Call, arguments: list[str], named: str) -> None:
    status, _, said = call(*arguments)
    assert status == 1
    assert said.startswith("错误：")
    assert named in said
    assert said.strip().count("\n") == 0


def test_an_unknown_setting_is_said_before_anything_is_run(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}PROT", "1")
    status, _, said = call("run", "--kinds", "smalltalk")
    assert status == 1
    assert "未知的设置" in said
