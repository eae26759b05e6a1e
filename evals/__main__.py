"""``python -m evals``: run the cases, measure on foreign texts, fit the confidence."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from bot import MerchantBot, Question
from bot.errors import BotError
from evals.cases import Case, load_cases
from evals.drafts import DRAFTS
from evals.errors import BenchError, CaseError, EvalError
from evals.runner import Askable, Ranking, Result, run_cases
from ingest.errors import IngestError

app = typer.Typer(
    help="掌柜问答的评测：跑用例、在外部数据集上量检索和回答、拟合置信度。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
# What a release should reach on the Chinese reading-comprehension set (CMRC 2018, dev).
_EXTERNAL = (
    ("hit_1", "首段命中 hit@1", 0.975),
    ("hit_5", "前五段命中 hit@5", None),
    ("mrr_10", "MRR@10", 0.985),
    ("gold_share", "回答含标准答案", 0.85),
    ("median_answer_length", "回答字数中位数（不超过 120）", None),
    ("auroc_removed", "拒答：有段落与去掉段落的 AUROC", 0.85),
    ("refused", "有段落却拒答", None),
    ("refused_removed", "去掉段落后拒答", None),
    ("citations_exact", "引文逐字一致", 1.0),
    ("seconds_indexing", "建索引秒数", None),
    ("seconds_asking", "提问秒数", None),
)


@app.command()
def run(
    split: Annotated[str, typer.Option(help="用哪一部分：dev、test 或 all。")] = "all",
    kinds: Annotated[str, typer.Option(help="只跑这些类，逗号分隔，如 fact,list。")] = "",
    json_out: Annotated[Path | None, typer.Option("--json", help="JSON 报告写到哪里。")] = None,
    html_out: Annotated[Path | None, typer.Option("--html", help="网页报告写到哪里。")] = None,
    against: Annotated[Path | None, typer.Option(help="与这份旧的 JSON 报告相比。")] = None,
    url: Annotated[str | None, typer.Option(help="问一个正在运行的服务，而不是本进程。")] = None,
    gates: Annotated[bool, typer.Option("--gates", help="有门槛未达到时退出码为 1。")] = False,
    cases: Annotated[
        Path | None, typer.Option(help="用例目录；不写则取设置 ZHANGGUI_CASES_DIR。")
    ] = None,
    chat_model: Annotated[
        str | None, typer.Option(help="另用这个大模型跑一遍，把指标并排报告；密钥从设置里读。")
    ] = None,
    chat_base_url: Annotated[str | None, typer.Option(help="这个大模型的服务地址。")] = None,
) -> None:
    """跑全部用例，打印各类指标；门槛按 test 部分定，算错和编造数字一次都不行。"""
    from evals import phrased, report, tables
    from evals.article_files import ArticleFiles
    from evals.gates import check
    from evals.page import render
    from evals.scores import score
    from ingest.settings import load_settings

    if gates and split == "dev":
        raise CaseError("门槛按 test 部分定，--gates 不能和 --split dev 一起用。")
    if chat_model and url:
        raise CaseError("--chat-model 用在本进程里，不能和 --url 一起用。")
    settings = load_settings()
    chosen = load_cases(cases or settings.cases_dir, split=split, kinds=_listed(kinds))
    old = report.load(against) if against else None
    articles = ArticleFiles(settings.corpus_dir)
    bot, ranking, target = _target(url)

    def asked(askable: Askable, stage: str) -> list[Result]:
        with tqdm(total=len(chosen), unit="问", desc=stage, disable=None, leave=False) as bar:
            return run_cases(chosen, askable, articles, ranking=ranking, progress=bar.update)

    results = asked(bot, "评测")
    scores = score(results)
    outcomes = check(scores)
    content = report.as_json(
        results,
        scores,
        outcomes,
        target=target,
        split=split,
        made=dt.datetime.now(dt.UTC),
    )
    changes = report.compare(old, content) if old else None
    console = _console()
    tables.print_scores(scores, console)
    tables.print_gates(outcomes, console)
    tables.print_worst(results, console)
    if changes:
        tables.print_changes(changes, console)
    if chat_model:
        with_model = asked(_with_chat(bot, chat_model, chat_base_url), f"评测 {chat_model}")
        beside, made = score(with_model), phrased.summarise(with_model)
        tables.print_beside(scores, beside, made, chat_model, console)
        content["chat"] = phrased.as_json(chat_model, beside, made)
    if json_out:
        report.write_json(json_out, content)
        console.print(f"JSON 报告：{json_out}")
    if html_out:
        report.write(html_out, render(results, scores, outcomes, content, changes))
        console.print(f"网页报告：{html_out}")
    if gates and any(one.missed for one in outcomes):
        raise typer.Exit(1)


@app.command()
def external(
    squad: Annotated[Path, typer.Option(help="SQuAD 布局的 JSON 文件。")],
    limit: Annotated[int | None, typer.Option(min=1, help="最多问多少题（均匀取）。")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="JSON 结果写到哪里。")] = None,
) -> None:
    """在外部阅读理解数据集上量检索、回答和拒答；索引建在临时目录里，用完即删。"""
    from evals.external import run_external
    from evals.report import write_json
    from evals.squad import read_squad
    from ingest.embedders import make_embedder
    from ingest.settings import load_settings

    content = read_squad(squad)
    settings = load_settings()
    embedder = make_embedder(settings, progress=lambda line: tqdm.write(line, sys.stderr))
    with _stages() as progress:
        summary, measured = run_external(
            content, settings, embedder, limit=limit, progress=progress
        )
    figures = asdict(summary)
    table = Table(title=f"{squad.name}：{summary.paragraphs} 段，{summary.questions} 题")
    for heading in ("指标", "得到", "目标"):
        table.add_column(heading)
    for name, label, goal in _EXTERNAL:
        table.add_row(label, _figure(figures[name]), "" if goal is None else f"≥ {goal:g}")
    _console().print(table)
    if json_out:
        questions = [
            {**asdict(one), "holds_gold": one.holds_gold, "ranked": list(one.ranked)}
            for one in measured
        ]
        write_json(json_out, {"file": squad.name, **figures, "questions": questions})


@app.command()
def calibrate(
    out: Annotated[
        Path | None, typer.Option(help="写到哪里；默认就是机器人读的 bot/confidence.json。")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只打印，不写文件。")] = False,
) -> None:
    """用标注问题和 dev 用例拟合置信度；换了模型、文章或检索权重之后要重做。"""
    from bot.assembly import open_bot
    from bot.confidence import FEATURES, FITS, QUESTION_FEATURE
    from bot.confidence import __file__ as confidence_file
    from evals.calibrate import calibrate as fit_confidence
    from evals.report import write_json

    fits = {}
    for name, left_out in FITS.items():
        bot = open_bot(progress=_say, use_questions=QUESTION_FEATURE not in left_out)
        names = [each for each in FEATURES if each not in left_out]
        with _stages() as progress:
            fit = fit_confidence(
                bot, lambda done, total: progress("标注问题", done, total), names=names
            )
        fits[name] = fit.as_json()
        typer.echo(
            f"{name}：用了 {fit.answerable} 个能答的和 {fit.not_answerable} 个不能答的问题；"
            f"交叉验证 AUROC {_figure(fit.auroc)}，ECE {_figure(fit.calibration_error)}，"
            f"拒答界限 {fit.threshold:.4f}。"
        )
    if not dry_run:
        path = out or Path(confidence_file).with_name("confidence.json")
        write_json(path, {"made_by": "python -m evals calibrate", **fits})
        typer.echo(f"已写入 {path}。")


@app.command()
def drafts(
    fit: Annotated[
        bool, typer.Option("--fit", help="先在 fit 部分重新拟合，写进机器人读的文件。")
    ] = False,
    path: Annotated[Path, typer.Option("--drafts", help="标注的草稿。")] = DRAFTS,
    gates: Annotated[bool, typer.Option("--gates", help="没有达到目标时退出码为 1。")] = False,
) -> None:
    """量大模型草稿里的错句有多少不会被看到、好句有多少被误删；按 test 部分报告。"""
    from bot.assembly import open_bot
    from bot.phrasing.checking import Checker
    from bot.phrasing.support import __file__ as support_file
    from bot.phrasing.support import load_support
    from evals import drafts as measured
    from evals.report import write_json

    bot = open_bot(progress=_say)
    distinctions = bot.conversation.distinctions
    checker = Checker(load_support(), bot.platforms, distinctions, bot.retriever.embed)
    with _stages() as progress:
        judged = measured.judge_drafts(
            measured.read_drafts(path), checker, lambda done, total: progress("草稿", done, total)
        )
    if fit:
        support = measured.fit_support(judged)
        judged = measured.with_support(judged, support)
        out = Path(support_file).with_name("support.json")
        write_json(out, measured.as_json(support, measured.caught(judged, "test")))
        typer.echo(f"已写入 {out}。")
    table = Table(title="草稿里的句子：不会被看到的 / 全部")
    for heading in ("句子", "fit", "test"):
        table.add_column(heading, justify="left" if heading == "句子" else "right")
    both = [measured.caught(judged, split) for split in ("fit", "test")]
    for fitted, tested in zip(*both, strict=True):
        table.add_row(
            measured.LABELS[fitted.label],
            *(f"{row.caught} / {row.count}" for row in (fitted, tested)),
        )
    _console().print(table)
    found, dropped = measured.shares(both[1])
    typer.echo(
        f"test 部分：数字错、换平台、没有依据、没有标注出处的句子拦下 {found:.1%}"
        f"（目标 ≥ {measured.LEAST_CAUGHT:.0%}），好句误删 {dropped:.1%}"
        f"（目标 ≤ {measured.MOST_DROPPED:.0%}）。"
    )
    reached = found >= measured.LEAST_CAUGHT and dropped <= measured.MOST_DROPPED
    if gates and not reached:
        raise typer.Exit(1)


@app.command()
def bench(
    sizes: Annotated[
        str, typer.Option(help="多少篇文章，逗号分隔；8 是本项目的文章，其余是生成的。")
    ] = "8,1000",
    corpus: Annotated[Path | None, typer.Option(help="改用这个目录里的文章来量。")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="JSON 结果写到哪里。")] = None,
    plot_out: Annotated[Path | None, typer.Option("--plot", help="费用与规模的 SVG 图。")] = None,
    against: Annotated[Path | None, typer.Option(help="与这份旧的 JSON 结果相比。")] = None,
    real_vectors: Annotated[
        bool,
        typer.Option(
            "--real-vectors",
            help="大的规模也用真的向量模型入库（8 万篇要一个多小时）；默认用便宜的假向量，"
            "那时量的是存储、检索和排序，不是模型。",
        ),
    ] = False,
) -> None:
    """量速度、内存和规模，和通常写法（sentence-transformers、langchain-chroma）在同一次里比。"""
    from evals import bench as benchmark
    from evals import report
    from ingest.settings import load_settings

    counts = [_count(part) for part in _listed(sizes)]
    old = benchmark.load(against) if against else None

    def keep(result: dict[str, Any]) -> None:
        if json_out:
            report.write_json(json_out, benchmark.rounded(result))
        if plot_out:
            report.write(plot_out, benchmark.plot(result))

    result = benchmark.run_bench(
        load_settings(),
        counts,
        corpus=corpus,
        real_vectors=real_vectors,
        progress=_say,
        keep=keep,
    )
    result = benchmark.rounded(result)
    shown = Table(title="量得的数字（以 .plain. 开头的是通常写法）")
    for heading in ("名称", "得到", "上一次" if old else ""):
        shown.add_column(heading)
    for row in benchmark.table(result, old):
        shown.add_row(*row)
    _console().print(shown)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise BenchError(f"--sizes 里的 {text!r} 不是正整数；应写成 8,1000 这样。")
    return int(text)


def _target(url: str | None) -> tuple[Askable, Ranking | None, str]:
    if url:
        from evals.service import ServiceBot

        return ServiceBot(url), None, url
    from bot.assembly import open_bot, without_chat

    bot = without_chat(open_bot(progress=_say))
    # Loading the model is no part of the first answer's time.
    bot.retriever.search("结算")

    def found(case: Case) -> list[str]:
        question = Question(case.question, case.today, case.turns)
        seen = bot.examine_in_context(question)
        return [passage.article_id for passage in seen.found.passages]

    return bot, found, "本进程"


def _with_chat(bot: Askable, model: str, base_url: str | None) -> MerchantBot:
    """The bot of this process with a chat model; its key and limits are the settings'."""
    from bot.assembly import with_chat
    from ingest.settings import load_settings

    assert isinstance(bot, MerchantBot)
    chosen = {"chat_model": model, "chat_base_url": base_url}
    given = {name: value for name, value in chosen.items() if value is not None}
    return with_chat(bot, load_settings().model_copy(update=given))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.4g}"


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _console() -> Console:
    # A pipe or a file has no width: a table must not be folded to eighty columns there.
    console = Console()
    return console if console.is_terminal else Console(width=160)


@contextmanager
def _stages() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for every stage, one at a time."""
    bars: dict[str, tqdm[NoReturn]] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            _close(bars)
            bars[stage] = tqdm(total=total, desc=stage, disable=None, leave=False)
        bars[stage].update(done - bars[stage].n)

    try:
        yield progress
    finally:
        _close(bars)


def _close(bars: Mapping[str, tqdm[NoReturn]]) -> None:
    for bar in bars.values():
        bar.close()


def main() -> None:
    """Run a command; every known error becomes one line and exit status 1."""
    try:
        app()
    except (EvalError, BotError, IngestError) as exc:
        typer.echo(f"错误：{exc}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
