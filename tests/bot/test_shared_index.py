"""Several bot processes that keep nothing of their own share one Chroma server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from ingest.settings import Settings
from ingest.sync import sync
from tests.conftest import CORPUS, ROOT
from tests.fakes import CharacterEmbedder, local_settings, write_article
from tests.ingest.test_server import server  # noqa: F401  a fixture

# One process: it asks whenever it is told a question, as long as it is told any.
ASKER = """
import json, sys
from pathlib import Path
from bot.assembly import open_bot
from tests.fakes import CharacterEmbedder, local_settings

settings = local_settings(Path(sys.argv[1]), Path(sys.argv[2]), chroma_url=sys.argv[3])
bot = open_bot(settings, embedder=CharacterEmbedder())
for line in sys.stdin:
    found = bot.retriever.search(line.strip(), 3)
    print(json.dumps([passage.text for passage in found.passages]), flush=True)
"""


class Asker:
    """A bot in a process and a data folder of its own."""

    def __init__(self, settings: Settings, data_dir: Path) -> None:
        arguments = [str(settings.corpus_dir), str(data_dir), str(settings.chroma_url)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", ASKER, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def ask(self, question: str) -> list[str]:
        """Texts of the passages found, best first."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        texts: list[str] = json.loads(self._process.stdout.readline())
        return texts

    def stop(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def test_bots_on_one_server_answer_alike_and_see_a_sync_with_the_next_question(
    server: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    corpus = tmp_path / "corpus"
    write_article(corpus, "周期", "## 周期\n\n结算周期是一个自然月。")
    write_article(corpus, "费率", "## 费率\n\n支付渠道费是0.7%。")
    for name in ("platforms.yaml", "distinctions.yaml", "thesaurus.yaml", "uncovered.yaml"):
        (corpus / name).write_bytes((CORPUS / name).read_bytes())
    settings = local_settings(corpus, tmp_path / "writer", chroma_url=server)
    sync(settings, CharacterEmbedder(), rebuild=True)
    bots = [Asker(settings, tmp_path / f"bot{number}") for number in range(3)]
    try:
        before = [bot.ask("结算周期") for bot in bots]
        assert before[0][0] == "结算周期是一个自然月。"
        assert before == [before[0]] * 3
        write_article(corpus, "周期", "## 周期\n\n结算周期改成了半个月。")
        write_article(corpus, "押金", "## 押金\n\n保证金是一万元。")
        (corpus / "费率.md").unlink()
        sync(settings, CharacterEmbedder())
        for bot in bots:
            assert bot.ask("结算周期")[0] == "结算周期改成了半个月。"
            assert bot.ask("保证金")[0] == "保证金是一万元。"
            assert "支付渠道费是0.7%。" not in bot.ask("支付渠道费")
    finally:
        for bot in bots:
            bot.stop()
