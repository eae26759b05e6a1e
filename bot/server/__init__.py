"""The faces of the bot that are reached over a network."""
