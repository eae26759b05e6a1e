"""``python -m scripts.screenshots``: the pictures of README and docs, out of the browser tests."""

from __future__ import annotations

import sys

import pytest

from scripts.serving import ROOT


def main() -> int:
    """Run the tests that see them on the real page, keeping the pictures; pytest's exit status."""
    tests = ROOT / "tests" / "app" / "test_pictures.py"
    return int(pytest.main([str(tests), "-v", "--pictures", str(ROOT / "docs")]))


if __name__ == "__main__":
    sys.exit(main())
