"""The faces of the bot that are reached over a network."""

from bot.server.application import make_api

__all__ = ["make_api"]
