"""Chats on IM platforms: each channel is one file, off until its settings are given."""

from bot.server.channels.configured import open_desk
from bot.server.channels.desk import Desk
from bot.server.channels.routes import channel_routes

__all__ = ["Desk", "channel_routes", "open_desk"]
