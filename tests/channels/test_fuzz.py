"""Two thousand bodies a channel that nobody meant: never a server error, never an answer."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.channels.conftest import Bench
from tests.channels.simulators import Simulator

_BODIES = 2000


def bodies(simulator: Simulator) -> Iterator[tuple[bytes, bool]]:
    """Bodies, and whether they are signed as well as a channel's signature can be.

    Noise; halves of envelopes; noise as ciphertext; noise, JSON and XML rightly encrypted; and,
    unsigned, genuine ones with bytes changed.
    """
    chance = random.Random(20261125)
    genuine = simulator.sealed(json.dumps({"msgtype": "text"}))
    pieces = [b"<xml>", b"</xml>", b"<Encrypt>", b"</Encrypt>", b'{"encrypt":"', b'"}', b"[", b"{"]
    for number in range(_BODIES):
        noise = chance.randbytes(chance.randrange(200))
        match number % 5:
            case 0:
                yield noise, True
            case 1:
                some = [chance.choice([*pieces, noise]) for _ in range(chance.randrange(8))]
                yield b"".join(some), True
            case 2:
                cipher = base64.b64encode(chance.randbytes(16 * chance.randrange(12)))
                xml, of_json = b"<xml><Encrypt>%s</Encrypt></xml>", b'{"encrypt":"%s"}'
                yield chance.choice([xml, of_json]) % cipher, True
            case 3:
                yield simulator.sealed(_plain(chance, noise)), True
            case _:
                body = bytearray(genuine)
                for _ in range(chance.randrange(1, 6)):
                    body[chance.randrange(len(body))] = chance.randrange(256)
                yield bytes(body), False


def _plain(chance: random.Random, noise: bytes) -> str:
    """What a platform would never encrypt."""
    value = _value(chance, 4)
    parts = {name: json.dumps(_value(chance, 1)) for name in ("MsgType", "Content", "MsgId")}
    xml = "".join(f"<{name}>{text}</{name}>" for name, text in parts.items())
    return chance.choice([noise.decode("latin-1"), json.dumps(value), f"<xml>{xml}</xml>"])


def _value(chance: random.Random, depth: int) -> Any:
    """Any JSON, with the names that platforms use."""
    names = ["encrypt", "msgId", "text", "content", "event", "header", "msgtype", "schema"]
    kinds = [None, True, 0, -1.5, "", "text", "@", "\x00", "AAAA", 10**30]
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(kinds)
    if chance.random() < 0.3:
        return [_value(chance, depth - 1) for _ in range(chance.randrange(3))]
    return {chance.choice(names): _value(chance, depth - 1) for _ in range(chance.randrange(5))}


def test_random_bodies_are_refused_and_never_answered(bench: Bench) -> None:
    sent = list(bodies(bench.simulator))
    with ThreadPoolExecutor(8) as pool:
        statuses = list(
            pool.map(lambda one: bench.simulator.send_body(one[0], signed=one[1]).status_code, sent)
        )
    assert len(statuses) == _BODIES
    assert set(statuses) <= {200, 400, 403}
    # 200 is for what is genuine and no message.
    assert statuses.count(200) < _BODIES / 20
    assert bench.bot.asked == []
    assert bench.simulator.texts() == []
