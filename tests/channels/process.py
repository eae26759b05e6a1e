"""A service with one channel in a process of its own, to be killed: PORT DELAY SETTINGS-AS-JSON."""

from __future__ import annotations

import json
import sys
from typing import cast

import uvicorn

from bot.pipeline import MerchantBot
from bot.server import make_api
from bot.service import Service
from bot.storage import open_store
from ingest.settings import Settings
from tests.channels.conftest import NotingBot


def main(port: int, delay_s: float, given: str) -> None:
    """Serve until killed."""
    settings = Settings(_env_file=None, **json.loads(given))
    bot = cast(MerchantBot, NotingBot(delay_s=delay_s))
    service = Service(lambda: bot, open_store(settings))
    uvicorn.run(make_api(service, settings), port=port, log_level="error")


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
