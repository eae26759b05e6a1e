"""``python -m bot``: ask one question, or a file of them."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.errors import BotError
from bot.plain import plain_text
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
        typer.echo(plain_text(answer))
    if answer.status == "rejected":
        raise typer.Exit(2)


@app.command()
def batch(
    questions: Annotated[
        Path, typer.Argument(help="每行一个 JSON：id、question、history、today。")
    ],
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


@app.command()
def prepare() -> None:
    """先做好第一个问题要用的东西；都齐了就什么都不做。"""
    from bot.uncovered import load_uncovered
    from ingest.embedders import make_embedder
    from ingest.settings import load_settings

    settings = load_settings()
    embedder = make_embedder(settings, lambda line: typer.echo(line, err=True))
    load_uncovered(settings.corpus_dir, embedder, settings.data_dir / "uncovered").prepare()


@app.command()
def tools() -> None:
    """列出所有规则计算工具和它们的输入。"""
    from bot.tools import TOOLS, tool_schema

    for name, found in TOOLS.items():
        typer.echo(f"{name}（{found.title}）：{found.description}")
        schema = tool_schema(name)
        required = schema.get("required", [])
        for key, entry in schema["properties"].items():
            need = "必填" if key in required else "可不填"
            labels = _labels(entry)
            typer.echo(
                f"    {key}（{entry['title']}，{need}）：{entry.get('description', '')}{labels}"
            )


@app.command()
def tool(
    name: Annotated[str, typer.Argument(help="工具名，见 python -m bot tools。")],
    inputs: Annotated[
        list[str] | None, typer.Argument(help="输入，如 paid=1288 paid=199；重复的名字成为列表。")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
    today: Annotated[str | None, typer.Option(help=_TODAY)] = None,
) -> None:
    """用一个工具计算，如：tool payment_channel_fee paid=1288 paid=199。"""
    from dataclasses import asdict

    from bot.assembly import open_rules
    from bot.pipeline import today_in_shanghai
    from bot.tools import find_tool, parse_assignments, run_tool

    found = find_tool(name)
    given = parse_assignments(inputs or [])
    worked = run_tool(name, given, today=_day(today) or today_in_shanghai(), rules=open_rules())
    if as_json:
        typer.echo(json.dumps(asdict(worked), ensure_ascii=False, indent=2))
        return
    typer.echo(found.title)
    for key, value in worked.result.items():
        typer.echo(f"  {key}：{json.dumps(value, ensure_ascii=False)}")
    for heading, lines in (("步骤", worked.steps), ("说明", worked.assumptions)):
        typer.echo("\n".join([f"{heading}：", *(f"  {line}" for line in lines)]))
    quotes = dict.fromkeys(f"  “{r.quote}”（{r.article_id}）" for r in worked.rules)
    typer.echo("\n".join(["依据：", *quotes]))


@app.command()
def dingtalk() -> None:
    """单独运行钉钉 Stream 机器人（ZHANGGUI_DINGTALK_MODE=worker）；按 Ctrl+C 停止。"""
    import asyncio

    from bot.assembly import open_service
    from bot.server.channels.alone import run_dingtalk
    from ingest.settings import load_settings

    settings = load_settings()
    service = open_service(settings, progress=lambda line: typer.echo(line, err=True))
    try:
        asyncio.run(run_dingtalk(service, settings))
    finally:
        service.close()


@app.command("make-key")
def make_key_command() -> None:
    """造一个接口密钥：密钥交给调用方，摘要写进 ZHANGGUI_API_KEYS。"""
    from bot.keys import make_key

    key, digest = make_key()
    typer.echo(f"密钥（只显示这一次）：{key}")
    typer.echo(f"写进设置：ZHANGGUI_API_KEYS=名字:{digest}")


def _labels(entry: Any) -> str:
    """The choices of an input with their Chinese names, wherever the schema holds them."""
    if isinstance(entry, dict):
        if labels := entry.get("x-labels"):
            return "（" + "，".join(f"{code}＝{label}" for code, label in labels.items()) + "）"
        return next(filter(None, (_labels(value) for value in entry.values())), "")
    if isinstance(entry, list):
        return next(filter(None, (_labels(value) for value in entry)), "")
    return ""


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as exc:
        raise BotError(f"--today 的值 {text!r} 不是日期，应写成 2021-10-20 这样。") from exc


def main() -> None:
    """Run a command; every known error becomes one line and exit status 1."""
    try:
        app()
    except (BotError, IngestError) as exc:
        typer.echo(f"错误：{exc}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
