"""The platform for gVisor is chosen by trying, and nothing of a try is left, not even of one that hangs."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from sandbox import runsc_probe
from sandbox.runsc_probe import choose_platform, try_one, try_platforms
from tests.sandbox.processes import naming

HANGS = "#!/bin/sh\nsleep 60 & wait\n"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may try gVisor's platforms")


@pytest.fixture
def hanging(tmp_path: Path) -> str:
    """A runsc that never answers."""
    path = tmp_path / "runsc"
    path.write_text(HANGS)
    path.chmod(0o755)
    return str(path)


def test_one_that_hangs_is_given_up_and_ended(hanging: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runsc_probe, "KVM_SECONDS", 0.5)
    began = time.monotonic()
    assert try_one(hanging, "kvm").fork_ms == 0
    assert time.monotonic() - began < 3
    assert naming(hanging) == []


@as_root
def test_what_none_answers_for_is_what_suits_the_release(
    hanging: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SECONDS", "KVM_SECONDS"):
        monkeypatch.setattr(runsc_probe, name, 0.3)
    monkeypatch.setattr(runsc_probe, "release", lambda _: 20221219)
    monkeypatch.setattr(runsc_probe, "default_platform", lambda _: "ptrace")
    assert choose_platform(hanging) == "ptrace"


@as_root
@pytest.mark.gvisor
def test_a_real_runsc_has_a_platform_that_answers() -> None:
    path = shutil.which("runsc")
    assert path
    found = try_platforms(path)
    assert 0 < found[0].fork_ms < 1000
    assert {tried.platform for tried in found} <= {"ptrace", "systrap", "kvm"}
    assert naming("coder-tui-runsc-") == []
