"""What answering keeps out of memory."""

from __future__ import annotations

import os
import subprocess
import sys

from ingest.settings import Settings
from tests.conftest import ROOT

ASK = """
import sys
from bot import open_bot
answer = open_bot().ask("小红书多久结算一次货款？")
print(answer.status)
print([name for name in ("torch", "sentence_transformers", "transformers") if name in sys.modules])
# Not getrusage: its figure is at least what the process that started this one had.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


def test_a_question_is_answered_without_torch_and_in_little_memory(
    corpus_settings: Settings,
) -> None:
    environment = {
        **os.environ,
        "ZHANGGUI_DATA_DIR": str(corpus_settings.data_dir),
        "ZHANGGUI_CORPUS_DIR": str(corpus_settings.corpus_dir),
        "ZHANGGUI_EMBEDDING_ENGINE": "onnx",
    }
    finished = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    status, heavy, megabytes = finished.stdout.splitlines()
    assert (status, heavy) == ("answered", "[]")
    assert int(megabytes) < 1200
