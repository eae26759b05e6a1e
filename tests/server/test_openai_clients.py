"""Real clients against the running service on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openai
import pytest
import yaml

from tests.conftest import ROOT
from tests.server.conftest import ScriptedBot, Serve

KEY = "geheim-schluessel"
QUESTION = "小红书多久结算一次货款？"
MESSAGES: Any = [{"role": "user", "content": QUESTION}]


@pytest.fixture
def address(serve: Serve) -> str:
    """The address of ``/v1`` of a service that wants a key."""
    return serve(api_keys=f"sdk:{KEY}") + "/v1"


def sdk(address: str, key: str = KEY) -> openai.OpenAI:
    """OpenAI's own client."""
    return openai.OpenAI(base_url=address, api_key=key, max_retries=0, timeout=60)


def test_the_openai_sdk_chats_streams_and_lists(address: str) -> None:
    client = sdk(address)
    assert [model.id for model in client.models.list()] == ["merchant-kb"]
    whole = client.chat.completions.create(model="merchant-kb", messages=MESSAGES)
    content = whole.choices[0].message.content
    assert content is not None and "自然月" in content
    assert whole.usage is not None and whole.usage.completion_tokens > 0
    assert whole.model_extra and whole.model_extra["citations"][0]["quote"] in content
    stream = client.chat.completions.create(
        model="merchant-kb",
        messages=MESSAGES,
        stream=True,
        stream_options={"include_usage": True},
    )
    told = list(stream)
    assert "".join(c.choices[0].delta.content or "" for c in told if c.choices) == content
    assert told[-1].usage is not None and told[-1].usage.total_tokens > 0


def test_the_openai_sdk_raises_its_own_errors(address: str) -> None:
    def chat(client: openai.OpenAI, **others: Any) -> Any:
        given: dict[str, Any] = {"model": "merchant-kb", "messages": MESSAGES, **others}
        return client.chat.completions.create(**given)

    with pytest.raises(openai.AuthenticationError) as wrong_key:
        chat(sdk(address, "wrong"))
    assert wrong_key.value.code == "invalid_api_key"
    with pytest.raises(openai.NotFoundError) as no_model:
        chat(sdk(address), model="gpt-4o")
    assert no_model.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as too_long:
        chat(sdk(address), messages=[{"role": "user", "content": "长" * 2001}])
    assert too_long.value.code == "message_too_long"
    for _ in range(10):
        chat(sdk(address), user="u1")
    with pytest.raises(openai.RateLimitError) as too_often:
        chat(sdk(address), user="u1")
    assert int(too_often.value.response.headers["retry-after"]) >= 1


def test_what_fails_in_a_stream_is_an_api_error_to_the_sdk(serve: Serve) -> None:
    address = serve(scripted=ScriptedBot(ZeroDivisionError())) + "/v1"
    stream = sdk(address).chat.completions.create(
        model="merchant-kb", messages=MESSAGES, stream=True
    )
    with pytest.raises(openai.APIError, match="这个请求没有完成"):
        list(stream)


def test_litellm_chats_and_streams(address: str) -> None:
    # In a process of its own: litellm changes what it likes in the one that imports it.
    script = f"""
import litellm
given = dict(model="openai/merchant-kb", api_base={address!r}, api_key={KEY!r},
             messages={MESSAGES!r})
whole = litellm.completion(**given).choices[0].message.content
parts = [c.choices[0].delta.content or "" for c in litellm.completion(stream=True, **given)]
assert "".join(parts) == whole, (parts, whole)
try:
    litellm.completion(**(given | dict(api_key="wrong", num_retries=0)))
except litellm.AuthenticationError:
    print(whole)
"""
    told = _run([sys.executable, "-c", script], LITELLM_LOCAL_MODEL_COST_MAP="True")
    assert "自然月" in told


@pytest.mark.parametrize("options", [(), ("--no-stream",)])
def test_the_llm_command_asks(address: str, tmp_path: Path, options: tuple[str, ...]) -> None:
    model = {
        "model_id": "kb",
        "model_name": "merchant-kb",
        "api_base": address,
        "api_key_name": "kb",
    }
    models = tmp_path / "extra-openai-models.yaml"
    models.write_text(yaml.safe_dump([model]), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "llm"), "-m", "kb", "--key", KEY]
    told = _run([*command, "--no-log", *options, QUESTION], LLM_USER_PATH=str(tmp_path))
    assert "自然月" in told


def _run(command: list[str], **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
