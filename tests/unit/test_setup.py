"""The plan that brings a machine to gVisor, and the one file of the machine's that it changes."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

from sandbox import setup
from sandbox.docker_setup import configure, hang_up, has_runsc, main
from sandbox.errors import IsolationUnavailable, SandboxStartFailed
from sandbox.setup import Step, large_pages_steps, package_steps, perform, plan

RUNSC = "/usr/bin/runsc"


@pytest.mark.slow
@pytest.mark.slow
def test_a_configuration_is_merged_and_the_old_one_kept(tmp_path: Path) -> None:
    file = tmp_path / "daemon.json"
    before = {"log-level": "warn", "runtimes": {"kata": {"path": "/usr/bin/kata"}}, "dns": ["10.0.0.1"]}
    file.write_text(json.dumps(before))
    file.chmod(0o640)
    configure(file, RUNSC)
    after = json.loads(file.read_text())
    assert after.pop("runtimes") == {
        "kata": {"path": "/usr/bin/kata"},
        "runsc": {"path": RUNSC, "runtimeArgs": after_args(file)},
    }
    assert after == {"log-level": "warn", "dns": ["10.0.0.1"]}
    assert json.loads((tmp_path / "daemon.json.before-coder-tui").read_text()) == before
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def after_args(file: Path) -> list[str]:
    """The arguments that were written, which must keep the network out and never name kvm."""
    written: list[str] = json.loads(file.read_text())["runtimes"]["runsc"]["runtimeArgs"]
    assert "--network=none" in written
    assert "--platform=kvm" not in written
    return written


@pytest.mark.slow
def test_a_machine_without_configuration_gets_one(tmp_path: Path) -> None:
    file = tmp_path / "docker" / "daemon.json"
    assert not has_runsc(file)
    configure(file, RUNSC)
    assert has_runsc(file)
    assert [path.name for path in file.parent.iterdir()] == ["daemon.json"]


def test_a_runtime_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "daemon.json"
    theirs = '{"runtimes": {"runsc": {"path": "/opt/runsc"}}}'
    file.write_text(theirs)
    configure(file, RUNSC)
    assert file.read_text() == theirs


@pytest.mark.parametrize("broken", ["{", "[]", '{"runtimes": []}', "\0"])
def test_a_broken_configuration_is_not_touched(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "daemon.json"
    file.write_text(broken)
    with pytest.raises(SandboxStartFailed, match=r"daemon\.json is not"):
        configure(file, RUNSC)
    assert file.read_text() == broken


def test_no_runsc_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SandboxStartFailed, match="runsc is not installed"):
        configure(tmp_path / "daemon.json", "")


def test_no_running_daemon_is_noticed(tmp_path: Path) -> None:
    assert not hang_up(tmp_path / "docker.pid")
    (tmp_path / "docker.pid").write_text("none")
    assert not hang_up(tmp_path / "docker.pid")


def test_a_step_that_is_not_one_explains_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["everything"]) == 2
    assert "configure | daemon | image" in capsys.readouterr().err


async def test_a_daemon_elsewhere_is_given_the_image_and_nothing_else(tmp_path: Path) -> None:
    steps = await plan(f"unix://{tmp_path}/elsewhere.sock")
    assert ["image" in step.command for step in steps] == [True]


async def test_an_image_of_the_users_own_is_not_built(tmp_path: Path) -> None:
    assert await plan(f"unix://{tmp_path}/elsewhere.sock", image="mine:1") == ()


def test_only_missing_packages_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for tool in ("dockerd", "mmdebstrap", "apt-get"):
        (tmp_path / tool).touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(setup, "search_path", lambda: str(tmp_path))
    update, install = package_steps()
    assert update.command[-2:] == ("apt-get", "update")
    assert install.command[-1] == "runsc"
    assert "docker.io" not in install.line


def test_without_apt_the_user_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(setup, "search_path", lambda: str(tmp_path))
    with pytest.raises(IsolationUnavailable, match=r"dockerd, runsc.* no apt-get"):
        package_steps()


def test_large_pages_are_a_step_only_where_they_are_off_and_can_be_had(tmp_path: Path) -> None:
    knob = tmp_path / "shmem_enabled"
    assert large_pages_steps(knob) == []
    for setting in ("[always] within_size never", "always never [deny] within_size", "always [never]"):
        knob.write_text(setting)
        assert large_pages_steps(knob) == [], setting
    knob.write_text("always within_size advise [never] deny force")
    (step,) = large_pages_steps(knob)
    assert step.command[-1] == "large-pages"
    assert "all programs of the machine" in step.description
    assert "to undo it rm /etc/tmpfiles.d/coder-tui.conf" in step.description


async def test_large_pages_are_offered_for_the_machines_own_daemon_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    knob = tmp_path / "shmem_enabled"
    knob.write_text("always within_size advise [never] deny force")
    for tool in ("dockerd", "runsc", "mmdebstrap"):
        (tmp_path / tool).touch(0o755)
    monkeypatch.setattr(setup, "search_path", lambda: str(tmp_path))

    async def offered(host: str, pages: Path | None) -> bool:
        return any("large-pages" in step.command for step in await plan(host, pages=pages))

    assert await offered(setup.MACHINES_OWN, knob)
    assert not await offered(setup.MACHINES_OWN, None)
    assert not await offered(f"unix://{tmp_path}/elsewhere.sock", knob)


def test_root_does_not_need_sudo_and_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert setup.privileged("true") == ("true",)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert setup.privileged("true") == ("sudo", "true")


def test_a_step_of_ours_loads_no_module_from_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox" / "__init__.py").write_text("print('loaded')")
    command = [part for part in setup.own_step("nonsense") if part != "sudo"]
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        with pytest.raises(SandboxStartFailed) as failed:
            perform(Step("", tuple(command)))
    finally:
        os.chdir(here)
    assert "loaded" not in str(failed.value)


def test_a_failing_step_says_its_last_line() -> None:
    perform(Step("works", (sys.executable, "-c", "pass")))
    with pytest.raises(SandboxStartFailed, match=r"failed: no space left"):
        perform(Step("fails", (shutil.which("sh") or "sh", "-c", "echo one; echo no space left >&2; exit 1")))
    with pytest.raises(SandboxStartFailed, match="could not be run"):
        perform(Step("missing", ("/nowhere/at/all",)))
