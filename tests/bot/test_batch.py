"""A file of questions: a line comes out for every line that goes in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.batch import BatchReport, run_batch
from bot.errors import BatchError
from bot.pipeline import MerchantBot

STATUSES = {"answered", "calculated", "clarify", "not_found", "rejected"}
UNREADABLE = [
    b"",
    b"   ",
    b"{broken",
    b"null",
    b"[1, 2]",
    b'"a string"',
    b"\xff\xfe\x00",
    b'{"id": "no question"}',
    b'{"id": "wrong type", "question": 7}',
    b'{"id": "null", "question": null}',
    '{"id": "h", "question": "几个点", "history": "昨天"}'.encode(),
    '{"id": "h", "question": "几个点", "history": [{"role": "system", "content": "x"}]}'.encode(),
    '{"id": "h", "question": "几个点", "history": [{"role": "user"}]}'.encode(),
    '{"id": "d", "question": "几个点", "today": "昨天"}'.encode(),
    '{"id": "d", "question": "几个点", "today": 20211020}'.encode(),
    '{"id": NaN, "question": "几个点"}'.encode(),
    '{"id": 1e999, "question": "几个点"}'.encode(),
    ('{"id": ' + "1" * 5000 + ', "question": "几个点"}').encode(),
    b"[" * 100_000,
]
NO_QUESTION = ["", " \t\u3000", "问" * 5000, "🙂🙂🙂", "\x00\x1b\x07", "？！。", "\u200b\u202e"]
QUESTIONS = ["几个点", "<script>alert(1)</script>几个点", "几个\x00点\x1b[31m", "几个点\n" * 3]


def line(identifier: Any, question: Any) -> bytes:
    return json.dumps({"id": identifier, "question": question}).encode()


def batch(bot: MerchantBot, tmp_path: Path, lines: list[bytes]) -> tuple[BatchReport, list[Any]]:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")
    report = run_batch(bot, source, target)
    written = target.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
    return report, [json.loads(row) for row in written]


def test_every_line_gets_a_line_in_the_same_order(bot: MerchantBot, tmp_path: Path) -> None:
    asked = [line(n, q) for n, q in enumerate([*NO_QUESTION, *QUESTIONS])]
    lines = [entry for pair in zip(UNREADABLE, asked, strict=False) for entry in pair]
    lines += UNREADABLE[len(asked) :]
    report, answers = batch(bot, tmp_path, lines)
    assert report == BatchReport(len(lines), len(UNREADABLE))
    assert len(answers) == len(lines)
    assert {answer["status"] for answer in answers} <= STATUSES
    numbers = [answer["id"] for answer in answers if isinstance(answer["id"], int)]
    assert numbers == list(range(len(asked)))


@pytest.mark.parametrize("raw", UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_line_that_cannot_be_read_is_rejected_with_the_reason(
    bot: MerchantBot, tmp_path: Path, raw: bytes
) -> None:
    _, (answer,) = batch(bot, tmp_path, [raw])
    assert answer["status"] == "rejected" and answer["citations"] == []
    assert answer["text"].startswith("这一行读不懂：") and len(answer["text"]) < 200


@pytest.mark.parametrize("question", NO_QUESTION, ids=range(len(NO_QUESTION)))
def test_what_is_no_question_is_rejected_with_what_to_do(
    bot: MerchantBot, tmp_path: Path, question: str
) -> None:
    _, (answer,) = batch(bot, tmp_path, [line("x", question)])
    assert (answer["id"], answer["status"]) == ("x", "rejected")
    assert "请" in answer["text"]


def test_markup_and_control_characters_do_not_come_back(bot: MerchantBot, tmp_path: Path) -> None:
    _, answers = batch(bot, tmp_path, [line(n, q) for n, q in enumerate(QUESTIONS)])
    for answer in answers:
        assert "<script" not in answer["text"] and "<script" not in str(answer["suggestions"])
        assert not any(control in json.dumps(answer) for control in ("\\u0000", "\\u001b"))


@pytest.mark.parametrize("identifier", [7, 1.5, None, True, "中文", ["a"], {"b": 1}, "\ud800"])
def test_an_id_comes_back_as_it_was(bot: MerchantBot, tmp_path: Path, identifier: Any) -> None:
    _, (answer,) = batch(bot, tmp_path, [line(identifier, "")])
    assert answer["id"] == identifier


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(
    bot: MerchantBot, tmp_path: Path
) -> None:
    lines = [b"\xef\xbb\xbf" + line(1, "几个点") + b"\r", line(2, "几个点") + b"\r"]
    report, answers = batch(bot, tmp_path, lines)
    assert report.unreadable == 0 and [answer["id"] for answer in answers] == [1, 2]


def test_an_empty_file_gives_an_empty_file(bot: MerchantBot, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"")
    assert run_batch(bot, tmp_path / "in", tmp_path / "out") == BatchReport(0, 0)
    assert (tmp_path / "out").read_bytes() == b""


def test_a_last_line_without_its_end_is_answered(bot: MerchantBot, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(line(1, "几个点"))
    assert run_batch(bot, tmp_path / "in", tmp_path / "out").lines == 1


def test_a_missing_input_or_a_folder_is_named(bot: MerchantBot, tmp_path: Path) -> None:
    with pytest.raises(BatchError, match="nowhere"):
        run_batch(bot, tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "in").write_bytes(b"")
    with pytest.raises(BatchError, match="读写不了"):
        run_batch(bot, tmp_path / "in", tmp_path)


def test_the_questions_are_not_overwritten_by_their_answers(
    bot: MerchantBot, tmp_path: Path
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(line(1, "几个点"))
    with pytest.raises(BatchError, match="换一个文件名"):
        run_batch(bot, source, source)
    assert source.read_bytes() == line(1, "几个点")
