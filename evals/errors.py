"""Everything that can go wrong while evaluating.

::

    EvalError                  what was wrong, what is allowed, what to do
    ├── CaseError              a case file that cannot be read or means nothing
    ├── SquadError             a reading-comprehension file that cannot be read
    ├── ReportError            a report that cannot be read or written
    ├── ServiceError           the service under test cannot be reached or answers nonsense
    ├── BenchError             a measurement that did not come to its end
    └── CalibrationError       the labelled questions cannot be fitted
"""

from __future__ import annotations


class EvalError(Exception):
    """Base of all errors of this package; its text is fit for a user."""


class CaseError(EvalError):
    """A case file cannot be read, or a case means nothing."""


class SquadError(EvalError):
    """A file of the SQuAD layout cannot be read."""


class ReportError(EvalError):
    """A report cannot be read or written."""


class ServiceError(EvalError):
    """The service under test cannot be reached, or its answer cannot be read."""


class BenchError(EvalError):
    """A measurement did not come to its end."""


class CalibrationError(EvalError):
    """The labelled questions cannot be read or fitted."""
