"""What README and CONTRIBUTING say is held against the code."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.distinctions import load_distinctions
from bot.platforms import load_platforms
from bot.uncovered import load_uncovered
from ingest.articles import FRONT_MATTER_FIELDS, Article, read_corpus
from ingest.settings import PREFIX, Settings
from tests.fakes import CharacterEmbedder

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTS = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")})


def code_blocks(text: str, *languages: str) -> list[str]:
    """The contents of a document's fenced blocks in these languages."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [body for language, body in found if language in languages]


def commands(text: str) -> list[list[str]]:
    """Every command line of a document's shell blocks, without its comment."""
    lines = [
        line.removeprefix("$ ")
        for block in code_blocks(text, "bash")
        for line in block.splitlines()
    ]
    lines += [
        line.removeprefix("$ ")
        for block in code_blocks(text, "console")
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def python_commands() -> list[str]:
    """The README's Python commands with their subcommand and options, values left out."""
    shown = []
    for words in commands(README):
        if words[0] != "python":
            continue
        program = 3 if words[1] == "-m" else 2
        subcommand = program + (len(words) > program and not words[program].startswith("-"))
        if words[1] != "-m":
            subcommand = program
        options = [word for word in words[subcommand:] if word.startswith("--")]
        shown.append(" ".join([*words[1:subcommand], *options]))
    return list(dict.fromkeys(shown))


def table(text: str, first_header: str) -> list[list[str]]:
    """The rows of the table whose first header cell is this one."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {first_header} |"):
            next(lines)
            break
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def spoken(default: object) -> str:
    """A default value as the settings table writes it."""
    if default is None:
        return "不设"
    if isinstance(default, Path):
        return f"项目里的 `{default.relative_to(ROOT).as_posix()}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`"


def test_the_settings_table_has_one_row_a_setting_with_its_default_and_meaning() -> None:
    expected = [
        [f"`{PREFIX}{name.upper()}`", spoken(field.default), field.description]
        for name, field in Settings.model_fields.items()
    ]
    assert table(README, "设置") == expected


def test_the_front_matter_table_lists_every_field_and_which_are_required() -> None:
    rows = {row[0].strip("`"): row[1] for row in table(CONTRIBUTING, "字段")}
    assert tuple(rows) == FRONT_MATTER_FIELDS
    assert [name for name, required in rows.items() if required == "是"] == ["title", "platform"]


def test_the_table_of_make_targets_is_the_makefile() -> None:
    targets = dict(re.findall(r"^([a-z]+):.*?## (.+)$", MAKEFILE, re.MULTILINE))
    listed = [row[0].strip("`").removeprefix("make ") for row in table(README, "目标")]
    assert sorted([*listed, "help"]) == sorted(targets)
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony and sorted(phony.group(1).split()) == sorted(targets)


def test_every_make_command_shown_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    shown = {
        word
        for text in (README, CONTRIBUTING)
        for word in re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)
    }
    assert {"setup", "run", "test", "check"} <= shown
    assert shown <= targets


@pytest.mark.parametrize("shown", python_commands())
def test_a_command_of_the_readme_exists_with_the_options_shown(shown: str) -> None:
    words = shown.split()
    program = [word for word in words if not word.startswith("--")]
    finished = subprocess.run(
        [sys.executable, *program, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "", "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb", "LANG": "C.UTF-8"},
    )
    assert finished.returncode == 0, finished.stderr
    for option in words[len(program) :]:
        assert option in finished.stdout


def test_the_commands_of_the_readme_are_all_there() -> None:
    programs = {shown.split(" --")[0] for shown in python_commands()}
    assert programs == {
        "-m ingest sync",
        "-m ingest status",
        "-m ingest import",
        "-m bot ask",
        "-m bot batch",
        "-m bot tools",
        "-m bot tool",
        "-m bot make-key",
        "app.py",
        "-m evals run",
        "-m evals external",
        "-m evals calibrate",
        "-m evals bench",
        "-m evals drafts",
    }


def test_the_answer_shown_in_the_readme_quotes_the_corpus() -> None:
    (block,) = [block for block in code_blocks(README, "console") if "-m bot ask" in block]
    answer = block.splitlines()[1]
    source = re.search(r"^\[1\] 《(.+?)》 (.+)（(.+)）$", block, re.MULTILINE)
    assert source is not None
    title, section, identifier = source.groups()
    articles = {one.id: one for one in read_corpus(ROOT / "corpus") if isinstance(one, Article)}
    assert articles[identifier].title == title
    assert f"## {section}\n" in articles[identifier].text
    assert answer.removesuffix("[1]") in articles[identifier].text


def leads_somewhere(document: Path, link: str) -> bool:
    """Whether a link's file is there, and the heading it points at."""
    name, _, anchor = link.partition("#")
    target = document.parent / name if name else document
    if not target.is_file():
        return False
    return not anchor or f"# {anchor}\n" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    missing = [link for link in inside if not leads_somewhere(document, link)]
    assert missing == []


def yaml_example(key: str) -> str:
    """CONTRIBUTING's example of the file whose first key is this one."""
    (example,) = [
        block for block in code_blocks(CONTRIBUTING, "yaml") if block.startswith(f"{key}:")
    ]
    return example


def test_the_platforms_example_in_contributing_is_a_valid_file(tmp_path: Path) -> None:
    (tmp_path / "platforms.yaml").write_text(yaml_example("platforms"), encoding="utf-8")
    platforms = load_platforms(tmp_path)
    assert platforms.named("红书怎么结算") == {"小红书"}
    assert platforms.named_others("抖店怎么结算") == {"抖音"}


def test_the_distinctions_example_in_contributing_is_a_valid_file(tmp_path: Path) -> None:
    (tmp_path / "distinctions.yaml").write_text(yaml_example("distinctions"), encoding="utf-8")
    distinctions = load_distinctions(tmp_path)
    assert distinctions.articles_meant("我是宝妈想开店") == {"weixin/open-personal"}


def test_the_uncovered_example_in_contributing_is_a_valid_file(tmp_path: Path) -> None:
    (tmp_path / "uncovered.yaml").write_text(yaml_example("uncovered"), encoding="utf-8")
    uncovered = load_uncovered(tmp_path, CharacterEmbedder())
    assert uncovered.named("专票怎么开", "结算周期") == "发票"


@pytest.mark.parametrize("example", code_blocks(README, "python"))
def test_what_a_python_example_imports_exists(example: str) -> None:
    imports = [node for node in ast.walk(ast.parse(example)) if isinstance(node, ast.ImportFrom)]
    assert imports
    for node in imports:
        module = importlib.import_module(node.module or "")
        assert [name.name for name in node.names if not hasattr(module, name.name)] == []


def test_every_code_term_of_the_glossary_is_in_the_code() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for package in ("bot", "ingest")
        for path in (ROOT / package).rglob("*.py")
    )
    terms = [
        term for row in table(CONTRIBUTING, "商家的话") for term in re.findall(r"`(\w+)`", row[1])
    ]
    assert len(terms) > 20
    assert [term for term in terms if not re.search(rf"\b{term}\b", code)] == []


def test_the_table_of_addresses_is_what_is_served() -> None:
    from bot.server.application import make_api
    from bot.service import Service
    from bot.storage import open_store
    from tests.fakes import local_settings

    with TemporaryDirectory() as folder:
        settings = local_settings(ROOT / "corpus", Path(folder))
        service = Service(lambda: pytest.fail("no question is asked"), open_store(settings))
        document = make_api(service, settings).openapi()
        service.close()
    served = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
    }
    text = (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8")
    assert {row[0].strip("`") for row in table(text, "地址")} == served


def test_every_error_code_the_server_tells_is_in_the_table() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "server").glob("*.py")
    )
    told = set(re.findall(r'Problem\(\s*\d{3},\s*"(\w+)"', code))
    told |= set(re.findall(r'\d{3}: \("(\w+)"', code))
    text = (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8")
    listed = {name for row in table(text, "状态") for name in re.findall(r"`([a-z_]+)`", row[1])}
    assert len(told) > 15
    assert told == listed
