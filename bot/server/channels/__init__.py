"""Chats on IM platforms: each channel is one file, off until its settings are given."""
