"""``python -m ingest``: what is in the index, and how it gets there."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from ingest.chunks import ChunkSettings
from ingest.embedders import Embedder, make_embedder
from ingest.errors import IndexMismatchError, IndexMissingError, IngestError
from ingest.importers import FORMATS, import_file
from ingest.index import open_index
from ingest.settings import Settings, load_settings
from ingest.sync import manifest_of, sync

app = typer.Typer(
    help="掌柜问答的文章入库工具。", no_args_is_help=True, pretty_exceptions_enable=False
)


class Engine(StrEnum):
    """Where passages are embedded."""

    local = "local"
    ray = "ray"


@app.command("sync")
def sync_command(
    rebuild: Annotated[bool, typer.Option(help="丢掉现有索引，用当前设置全部重建。")] = False,
    engine: Annotated[
        Engine, typer.Option(help="在哪里算向量：本机，或一个 Ray 集群（RAY_ADDRESS）。")
    ] = Engine.local,
    rebuild_outdated: Annotated[
        bool,
        typer.Option("--rebuild-outdated", help="只在索引是用别的模型或切分设置建的时候重建。"),
    ] = False,
) -> None:
    """让索引与文章目录一致：新增、替换、删除；没有变化就什么都不做。"""
    settings = load_settings()
    started = time.perf_counter()
    bar = tqdm(total=0, unit="篇", desc="入库", disable=None, leave=False)

    def progress(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    def say(line: str) -> None:
        tqdm.write(line, sys.stderr)

    try:
        with _embedder(engine, settings, say) as embedder:
            rebuild = rebuild or (rebuild_outdated and _is_outdated(settings, embedder))
            report = sync(settings, embedder, rebuild=rebuild, progress=progress)
    finally:
        bar.close()
    seconds = time.perf_counter() - started
    counts = (
        f"新增 {len(report.added)} 篇，替换 {len(report.replaced)} 篇，"
        f"删除 {len(report.deleted)} 篇，未变 {len(report.unchanged)} 篇，"
        f"共 {report.passages} 段。"
    )
    typer.echo(counts if report.changed else f"没有变化。{counts}")
    if report.stored:
        rate = report.stored / seconds
        typer.echo(
            f"写入 {report.stored} 段，用时 {seconds:.1f} 秒，每秒 {rate:.0f} 段。", err=True
        )
    for problem in report.problems:
        typer.echo(f"没有入库：{problem}", err=True)
    if report.problems:
        raise typer.Exit(1)


def _embedder(
    engine: Engine, settings: Settings, say: Callable[[str], None]
) -> AbstractContextManager[Embedder]:
    if engine is Engine.local:
        return nullcontext(make_embedder(settings, say))
    from ingest.ray_embedder import ray_embedder

    return ray_embedder(settings, say)


def _is_outdated(settings: Settings, embedder: Embedder) -> bool:
    try:
        open_index(settings, manifest_of(embedder, ChunkSettings())).attach()
    except IndexMismatchError as exc:
        typer.echo(str(exc), err=True)
        typer.echo("现在重建。", err=True)
        return True
    except IndexMissingError:
        return False
    return False


@app.command()
def status() -> None:
    """索引里有多少文章、多少段，用什么模型，什么时候建的。"""
    settings = load_settings()
    embedder = make_embedder(settings)
    index = open_index(settings, manifest_of(embedder, ChunkSettings()))
    index.attach()
    rows = [row for row in index.iter_rows(texts=False) if row.article.content_hash]
    typer.echo(f"文章：{len(rows)} 篇")
    for platform, count in sorted(Counter(row.article.platform for row in rows).items()):
        typer.echo(f"  {platform}：{count} 篇")
    typer.echo(f"段落：{index.passage_count()} 段")
    typer.echo(f"向量模型：{index.manifest.model}")
    typer.echo(f"切分设置：{index.manifest.chunking}")
    typer.echo(f"最近入库：{max((row.indexed_at for row in rows), default='从未')}")


@app.command("import")
def import_command(
    files: Annotated[list[Path], typer.Argument(help=f"要导入的文件（{' '.join(FORMATS)}）")],
    platform: Annotated[str, typer.Option(help="这些文章讲的平台，如 小红书。")] = "通用",
    folder: Annotated[str, typer.Option(help="放进文章目录下的哪个子目录。")] = "imported",
    corpus: Annotated[Path | None, typer.Option(help="文章目录，默认取设置里的。")] = None,
    overwrite: Annotated[bool, typer.Option(help="同名文章内容不同时替换它。")] = False,
) -> None:
    """把网页存档、Word、PDF 等变成文章文件；之后运行 sync 才会入库。"""
    corpus_dir = corpus or load_settings().corpus_dir
    failed = False
    for file in files:
        try:
            for done in import_file(
                file, corpus_dir, platform=platform, folder=folder, overwrite=overwrite
            ):
                note = "已写入" if done.written else "没有变化"
                typer.echo(f"{note}：{done.path}（{done.title}）")
        except IngestError as exc:
            typer.echo(f"错误：{exc}", err=True)
            failed = True
    if failed:
        raise typer.Exit(1)


def main() -> None:
    """Run a command; every known error becomes one line and exit status 1."""
    try:
        app()
    except IngestError as exc:
        typer.echo(f"错误：{exc}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
