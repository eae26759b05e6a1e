"""``python -m bot``: ask one question, or a file of them."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.answers import Answer
from bot.errors import BotError
from ingest.errors import IngestError

app = typer.Typer(
    help="掌柜问答：按文章原文回答电商商家的规则问题。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
_TODAY = "按哪一天回答（年-月-日），默认是上海时间的今天。"


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="要问的问题。")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
    today: Annotated[str | None, typer.Option(help=_TODAY)] = None,
) -> None:
    """回答一个问题。"""
    from bot.assembly import open_bot

    day = _day(today)
    bot = open_bot(progress=lambda line: typer.echo(line, err=True))
    answer = bot.ask(question, today=day)
    if as_json:
        typer.echo(json.dumps(answer.as_dict(), ensure_ascii=False, indent=2))
    else:
        typer.echo(_plain(answer))
    if answer.status == "rejected":
        raise typer.Exit(2)


@app.command()
def batch(
    questions: Annotated[Path, typer.Argument(help="每行一个 JSON：id、question、history、today。")],
    answers: Annotated[Path, typer.Argument(help="写到哪里；每行一个回答，顺序不变。")],
) -> None:
    """回答一个文件里的所有问题；每行输入都有一行输出。"""
    from tqdm import tqdm

    from bot.assembly import open_bot
    from bot.batch import run_batch

    bot = open_bot(progress=lambda line: typer.echo(line, err=True))
    with tqdm(unit="问", desc="回答", disable=None, leave=False) as bar:
        report = run_batch(bot, questions, answers, progress=lambda: bar.update())
    typer.echo(f"共 {report.lines} 行，其中 {report.unreadable} 行读不懂，结果在 {answers}。")


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as exc:
        raise BotError(f"--today 的值 {text!r} 不是日期，应写成 2021-10-20 这样。") from exc


def _plain(answer: Answer) -> str:
    parts = [answer.text]
    if answer.citations:
        parts.append(
            "出处：\n"
            + "\n".join(f"[{c.n}] 《{c.title}》 {c.section}（{c.article_id}）" for c in answer.citations)
        )
    if answer.suggestions:
        parts.append("还可以问：" + "；".join(answer.suggestions))
    return "\n\n".join(parts)


def main() -> None:
    """Run a command; every known error becomes one line and exit status 1."""
    try:
        app()
    except (BotError, IngestError) as exc:
        typer.echo(f"错误：{exc}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
