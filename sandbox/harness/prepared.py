"""pytest made ready before the fork: options read, plugins configured, an empty session begun."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from _pytest._code import ExceptionInfo
from _pytest.assertion.rewrite import AssertionRewritingHook
from _pytest.config import _prepareconfig
from _pytest.main import _main
from _pytest.runner import SetupState

from sandbox.harness.differences import bound
from sandbox.harness.rewriting import forget, rewrite_lazily
from sandbox.harness.specials import words

# The last two only turn faults into warnings that nobody sees, and collect garbage five times for it.
_OFF = words(
    "cacheprovider doctest junitxml pastebin stepwise setuponly setupplan faulthandler"
    " unraisableexception threadexception"
)


class Silent:
    """Takes pytest's own lines out of the output, which then is the candidate's and the tests' alone."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Take the reporter away again before it says a word.

        What explains a failed comparison asks it whether to use colours, and fails itself without an answer.
        """
        reporter: Any = config.pluginmanager.unregister(name="terminalreporter")
        config.get_terminal_writer = lambda: reporter._tw  # type: ignore[method-assign]
        bound()


def options(root: str) -> list[str]:
    """pytest's options for tests below `root`."""
    # Not captured: what is printed is on its way at once, and is not lost with a process that dies.
    args = ["-q", "-s", "--no-header", "--tb=no", "--color=no", "--assert=rewrite", "-c", os.devnull]
    args += ["--rootdir", root, "--import-mode=prepend", "-rN", "-o", "addopts=", "-o", "testpaths="]
    return args + [part for name in _OFF for part in ("-p", f"no:{name}")]


def lock_out() -> None:
    """Nothing from outside has a say in what pytest does."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)


def suits(tests: Mapping[str, bytes]) -> bool:
    """Whether what is prepared serves for `tests`: a conftest.py has a say earlier than that."""
    return not any(Path(name).name == "conftest.py" for name in tests)


class Fixtures:
    """pytest's own fixtures, looked up once: finding them again takes as long as ten small tests."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager
        self._defined = {name: tuple(found) for name, found in manager._arg2fixturedefs.items()}
        self._automatic = {place: tuple(names) for place, names in manager._nodeid_autousenames.items()}
        self._seen = frozenset(manager._holderobjseen)

    def serve(self, session: Any) -> None:
        """Give `session` what a session has when it starts, and nothing of the one before."""
        manager = self._manager
        for table, first in (
            (manager._arg2fixturedefs, self._defined),
            (manager._nodeid_autousenames, self._automatic),
        ):
            table.clear()
            table.update({name: list(found) for name, found in first.items()})
        manager._holderobjseen.clear()
        manager._holderobjseen.update(self._seen)
        manager.session = session
        session._fixturemanager, session._setupstate = manager, SetupState()


class Prepared:
    """A session that is told its folder and its tests after the fork.

    This is what `pytest.main` does, cut in two; the tests hold that both ways judge alike. It serves
    once, and again after each `renew`.
    """

    def __init__(self, standing: Sequence[object] = ()) -> None:
        lock_out()
        config: Any = _prepareconfig([*options("/"), "--noconftest"], [Silent()])
        config._do_configure()
        session: Any = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
        self._config, self._session = config, session
        self._standing = {type(plugin): plugin for plugin in standing}
        for plugin in standing:
            config.pluginmanager.register(plugin)
        self._fixtures = Fixtures(session._fixturemanager)
        # Nothing logs to a file, and a child starts without the descriptor.
        config.pluginmanager.get_plugin("logging-plugin").log_file_handler.close()
        # A child that does something else must not find it.
        self._hooks = [hook for hook in sys.meta_path if isinstance(hook, AssertionRewritingHook)]
        for hook in self._hooks:
            rewrite_lazily(hook)
        self._hide()

    def run(self, root: Path, names: list[str], plugins: list[Any]) -> None:
        """Collect and run `names` below `root`. Tells what went wrong with pytest itself on stderr."""
        config, session = self._config, self._session
        self._settle(root, names)
        registered = self._register(plugins)
        try:
            _main(config, session)
        except pytest.UsageError as error:
            sys.stderr.write(f"ERROR: {error}\n")
        except (session.Failed, session.Interrupted, KeyboardInterrupt, pytest.exit.Exception) as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        except BaseException:
            config.notify_exception(ExceptionInfo.from_current(), config.option)
        finally:
            os.chdir(root)
            config.hook.pytest_sessionfinish(session=session, exitstatus=0)
            for plugin in registered:
                config.pluginmanager.unregister(plugin)
            self._hide()

    def _register(self, plugins: list[Any]) -> list[Any]:
        """Have `plugins` called, and no other of ours; those that had to be registered.

        To register takes as long as ten small tests, so one that stands by turns into the one that is given.
        """
        manager = self._config.pluginmanager
        kinds = {type(plugin) for plugin in plugins}
        for kind in self._standing.keys() - kinds:
            manager.unregister(self._standing.pop(kind))
        fresh = []
        for plugin in plugins:
            if type(plugin) in self._standing:
                vars(self._standing[type(plugin)]).update(vars(plugin))
            else:
                manager.register(plugin)
                fresh.append(plugin)
        return fresh

    def renew(self) -> None:
        """Begin an empty session in place of the one that ended."""
        forget()
        manager = self._config.pluginmanager
        manager.register = lambda plugin, name: name  # it still is, and to do it anew takes long
        try:
            pytest.Session.__init__(self._session, self._config)
        finally:
            del manager.register
        self._fixtures.serve(self._session)

    def _hide(self) -> None:
        sys.meta_path[:] = [hook for hook in sys.meta_path if hook not in self._hooks]

    def _settle(self, root: Path, names: list[str]) -> None:
        config, session = self._config, self._session
        sys.meta_path[:0] = self._hooks
        config._rootpath = config.pluginmanager._confcutdir = root
        config.invocation_params = replace(config.invocation_params, dir=root, args=tuple(names))
        config.args = config.option.file_or_dir = names
        config.option.rootdir = str(root)
        session.path = session._bestrelpathcache.path = root
