"""A mutation loop over the rule functions: ``python -m tests.rules.mutants``.

Every comparison, arithmetic sign, boolean, number and rounding of ``bot/rules/*.py`` is
spoilt in turn; a mutant the case table does not notice faces the other tests of this folder,
and what still lives is reported. Functions are changed in place (their code objects are
swapped), so whoever holds one runs the mutant.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import io
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest

from tests.rules.case_table import cases, problems
from tests.rules.corpus import PARAMETERS, data, texts

RULES = PARAMETERS.parent
TESTS = Path(__file__).parent
_SECONDS = 20
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_NAMES = {
    "max": "min",
    "min": "max",
    "any": "all",
    "all": "any",
    "ROUND_HALF_UP": "ROUND_HALF_EVEN",
    "ROUND_CEILING": "ROUND_FLOOR",
}


@dataclass(frozen=True)
class Mutant:
    """A module's source with one thing spoilt."""

    module: str
    line: int
    change: str
    tree: ast.Module

    def __str__(self) -> str:
        return f"{self.module.rsplit('.', 1)[-1]}.py:{self.line}: {self.change}"


class _TooLongError(Exception):
    pass


def mutants(path: Path) -> Iterator[Mutant]:
    """Each way to spoil one thing in a file."""
    module = f"bot.rules.{path.stem}"
    source = path.read_text(encoding="utf-8")
    for place, original in enumerate(_nodes(ast.parse(source))):
        for way in range(len(list(_ways(original)))):
            tree = ast.parse(source)
            node = _nodes(tree)[place]
            list(_ways(node))[way]()
            change = f"{ast.unparse(original)}  ->  {ast.unparse(node)}"
            yield Mutant(module, getattr(node, "lineno", 0), change, tree)


def _nodes(tree: ast.Module) -> list[ast.AST]:
    """All nodes but those of decorators, which compute nothing."""
    decorators = {
        id(node)
        for owner in ast.walk(tree)
        for decorator in getattr(owner, "decorator_list", ())
        for node in ast.walk(decorator)
    }
    return [node for node in ast.walk(tree) if id(node) not in decorators]


def _ways(node: ast.AST) -> Iterator[Callable[[], None]]:
    match node:
        case ast.Compare():
            for at, op in enumerate(node.ops):
                for other in _COMPARISONS[type(op)]:
                    yield functools.partial(node.ops.__setitem__, at, other())
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
            yield lambda: setattr(node, "op", _ARITHMETIC[type(node.op)]())
        case ast.AugAssign(op=ast.Add() | ast.Sub()):
            yield lambda: setattr(node, "op", _ARITHMETIC[type(node.op)]())
        case ast.BoolOp():
            other_op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield lambda: setattr(node, "op", other_op)
        case ast.UnaryOp(op=ast.Not()):
            yield lambda: setattr(node, "operand", ast.UnaryOp(ast.Not(), node.operand))
        case ast.If() | ast.IfExp():
            yield lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
        case ast.Constant(value=bool()):
            yield lambda: setattr(node, "value", not node.value)
        case ast.Constant(value=int()):
            yield lambda: setattr(node, "value", int(str(node.value)) + 1)
        case ast.Name(id=name) if name in _NAMES and isinstance(node.ctx, ast.Load):
            yield lambda: setattr(node, "id", _NAMES[name])


@contextlib.contextmanager
def living(mutant: Mutant) -> Iterator[None]:
    """The mutant in the place of the real functions, methods and constants."""
    real = importlib.import_module(mutant.module)
    spoilt = ModuleType(mutant.module)
    spoilt.__file__ = real.__file__
    code = compile(ast.fix_missing_locations(mutant.tree), real.__file__ or "", "exec")
    exec(code, spoilt.__dict__)
    undo: list[Callable[[], None]] = []
    _swap(vars(real), vars(spoilt), undo)
    try:
        yield
    finally:
        for step in reversed(undo):
            step()


def _swap(real: Any, spoilt: Any, undo: list[Callable[[], None]]) -> None:
    for name, value in list(real.items()):
        other = spoilt.get(name)
        if isinstance(value, FunctionType) and isinstance(other, FunctionType):
            if value.__code__.co_freevars == other.__code__.co_freevars:
                undo.append(_restore(value))
                value.__code__ = other.__code__
                value.__defaults__ = other.__defaults__
                value.__kwdefaults__ = other.__kwdefaults__
        elif isinstance(value, type) and isinstance(other, type):
            if value.__module__ == other.__module__ and value is not other:
                _swap(_methods(value), _methods(other), undo)
        elif name.isupper() and isinstance(real, dict):
            undo.append(functools.partial(real.__setitem__, name, value))
            real[name] = other


def _methods(cls: type) -> dict[str, FunctionType]:
    """The functions a class is written with, those behind properties too."""
    found = {}
    for name, value in vars(cls).items():
        if isinstance(value, property) and isinstance(value.fget, FunctionType):
            value = value.fget
        # What dataclass writes has no line of its own in the file.
        if isinstance(value, FunctionType) and value.__code__.co_filename != "<string>":
            found[name] = value
    return found


def _restore(function: FunctionType) -> Callable[[], None]:
    code: CodeType = function.__code__
    defaults, keywords = function.__defaults__, function.__kwdefaults__

    def restore() -> None:
        function.__code__ = code
        function.__defaults__, function.__kwdefaults__ = defaults, keywords

    return restore


def noticed_by_cases() -> bool:
    """Whether a case of the table fails, or the rules do not even load."""
    from bot.rules import build_rules

    try:
        rules = build_rules(data(), texts())
        return any(True for case in cases() for _ in problems(case, rules))
    except _TooLongError:
        return True
    except Exception:
        return True


def noticed_by_tests() -> bool:
    """Whether one of the other tests fails."""
    files = [str(path) for path in sorted(TESTS.glob("test_*.py")) if path.stem != "test_cases"]
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly"]
    with contextlib.redirect_stdout(io.StringIO()):
        return pytest.main([*options, *files]) != 0


def _on_alarm(number: int, frame: FrameType | None) -> None:
    raise _TooLongError


def main() -> int:
    """Report the survivors; the exit status is 1 when there are any."""
    signal.signal(signal.SIGALRM, _on_alarm)
    started = time.perf_counter()
    if noticed_by_cases() or noticed_by_tests():
        sys.stdout.write("the tests fail without a mutant: nothing to learn\n")
        return 2
    total = by_cases = 0
    survivors = []
    for path in sorted(RULES.glob("*.py")):
        for mutant in mutants(path):
            total += 1
            with living(mutant):
                signal.alarm(_SECONDS)
                in_table = noticed_by_cases()
                noticed = in_table or noticed_by_tests()
                signal.alarm(0)
            by_cases += in_table
            if not noticed:
                survivors.append(mutant)
                sys.stdout.write(f"survives  {mutant}\n")
                sys.stdout.flush()
    if noticed_by_cases():
        sys.stdout.write("a mutant was not taken back: the count means nothing\n")
        return 2
    seconds = time.perf_counter() - started
    killed = total - len(survivors)
    sys.stdout.write(f"{killed} of {total} killed ({by_cases} by the table) in {seconds:.0f} s\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
