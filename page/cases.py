"""Questions from merchants turned into cases of the eval set."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from evals.cases import Case, Expectation, load_cases

_KIND = "merchants"


def add_case(
    question: str,
    *,
    wanted: Literal["answered", "not_found"],
    article: str = "",
    folder: Path,
) -> bool:
    """Append a case to the file of merchants' questions; False when the question is in the set.

    It goes into the split ``dev``: what a maintainer has seen is no test any more. Raises
    CaseError when the folder holds no valid cases.
    """
    if any(case.question == question for case in load_cases(folder)):
        return False
    expected = Expectation(
        status=("answered", "calculated") if wanted == "answered" else ("not_found",),
        articles=(article,) if wanted == "answered" and article else (),
    )
    digest = hashlib.sha256(question.encode()).hexdigest()[:10]
    case = Case(id=f"{_KIND}-{digest}", kind=_KIND, split="dev", question=question, expect=expected)
    line = case.model_dump_json(exclude_defaults=True)
    with (folder / f"{_KIND}.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return True
