"""Stopping without losing a request that was taken."""

from __future__ import annotations

import asyncio
import socket
import time

import uvicorn

from bot.server.edge import Underway


class PatientServer(uvicorn.Server):
    """Takes no more requests once it is told to stop, and ends when the last is answered.

    uvicorn alone waits for every connection, and open pages never close theirs: it would have
    to cut off everybody after the same short time.
    """

    def __init__(self, config: uvicorn.Config, underway: Underway, *, patience: float) -> None:
        super().__init__(config)
        self._underway = underway
        self._patience = patience

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door, let those inside finish, then do what uvicorn does."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = time.monotonic() + self._patience
        while self._underway.count and time.monotonic() < deadline and not self.force_exit:
            await asyncio.sleep(0.05)
        await super().shutdown(sockets)
