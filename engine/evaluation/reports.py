"""The reports beside the results, written once an evaluation is through."""

from __future__ import annotations

import logging
from pathlib import Path

from engine.atomic_file import replace_file
from engine.errors import JournalError
from engine.evaluation.metrics import Metrics
from engine.evaluation.plan import Plan
from engine.evaluation.report_html import html_report
from engine.evaluation.report_md import markdown_report
from engine.evaluation.report_rows import problem_rows
from engine.evaluation.store import read_results
from engine.evaluation.trends import remember, trend_of

MARKDOWN = "report.md"
HTML = "report.html"

_log = logging.getLogger(__name__)


def write_reports(plan: Plan, metrics: Metrics, folder: Path) -> None:
    """Write report.md and report.html, each whole or not at all."""
    rows = problem_rows(plan, read_results(folder))
    replace_file(folder / MARKDOWN, markdown_report(plan, metrics, rows).encode("utf-8", "replace"))
    replace_file(folder / HTML, html_report(plan, metrics, rows).encode("utf-8", "replace"))


def keep_trend(plan: Plan, metrics: Metrics, folder: Path, state: Path) -> None:
    """Enter the evaluation in the list of all; where that is not possible it is only logged."""
    try:
        remember(state, trend_of(plan, metrics, folder))
    except JournalError as error:
        _log.warning("%s", error)
