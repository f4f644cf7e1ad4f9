"""Write a fix to the user's files, all of it or nothing, and take it back."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.accept_record import AcceptRecord, FileRecord, digest
from engine.atomic_file import SUFFIX, Staged, replace_file, sync_folder
from engine.errors import AcceptRefused
from engine.model import Attempt, Task

Write = tuple[Path, bytes | None, bytes | None]  # where, what is there (None: no file), what is to be
CHANGED = "Look at what changed there; to go on, put it back or start a new run from it"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was written: absolute paths, and the folder that keeps what was there before."""

    paths: tuple[str, ...]
    backup: str


def accept(
    task: Task, attempt: Attempt, state_dir: Path, *, edits: Mapping[str, str] | None = None
) -> Accepted:
    """Write the attempt's editable files, or `edits` (path to whole new text), to where the task came from.

    `state_dir` is the run's own folder for what was there before. Raises AcceptRefused, and then nothing
    was written: a file differs from what the run started from or last wrote, is read-only, or has no room.
    """
    with _refusing():
        record = AcceptRecord.load(state_dir / "accepted")
        writes: list[Write] = []
        touched: list[Path] = []
        for path, wanted in _wanted(task, attempt, edits).items():
            place, original = place_of(task, path), task.workspace.files.get(path)
            new = _in_style_of(original, wanted)
            if new == original and path not in record.files:
                continue
            now = _read(place)
            _check_untouched(place, now, original, new, record.files.get(path))
            touched.append(place)
            if now != new:
                _check_writable(place)
                writes.append((place, now, new))
            if now != new or path not in record.files:
                # Found already written where an earlier accept was cut off before it was recorded.
                record = record.adding(path, original if now == new else now, new)
        if not touched:
            raise AcceptRefused(f"attempt {attempt.id} changes nothing")
        record.save()
        _write_all(writes)
    return Accepted(tuple(map(str, touched)), str(record.folder))


def undo(task: Task, state_dir: Path) -> tuple[str, ...]:
    """Put back what was there before anything of this run was accepted, and return the paths.

    Raises AcceptRefused, and then nothing was written: a file changed since, or nothing was accepted.
    """
    with _refusing():
        record = AcceptRecord.load(state_dir / "accepted")
        if not record.files:
            raise AcceptRefused("nothing of this run is accepted")
        former: list[Write] = []
        for path, known in record.files.items():
            place, before = place_of(task, path), record.before(path)
            now = _read(place)
            if now != before and (now is None or digest(now) not in known.ours):
                raise AcceptRefused(f"{place} changed on the disk since it was accepted", CHANGED)
            if now != before:
                _check_writable(place)
                former.append((place, now, before))
        _write_all(former)
        (record.folder / "record.json").unlink()
    return tuple(str(place_of(task, path)) for path in record.files)


def _wanted(task: Task, attempt: Attempt, edits: Mapping[str, str] | None) -> dict[str, bytes]:
    if edits is not None:
        base = task.workspace
        for path, text in edits.items():
            base = base.edit(path, text)
        return {path: base.files[path] for path in edits}
    if attempt.candidate is None:
        raise AcceptRefused(f"attempt {attempt.id} has no code to accept")
    files = attempt.candidate.files
    return {path: files[path] for path in sorted(task.workspace.editable) if path in files}


def place_of(task: Task, path: str) -> Path:
    """Where a file of the workspace is on this machine. Raises AcceptRefused when the task came from none."""
    if not task.source:
        raise AcceptRefused("this task came from no file", "Copy the code from the screen instead")
    root = Path(task.source).parents[len(PurePosixPath(task.target.file).parts) - 1]
    return root / path


def _in_style_of(original: bytes | None, new: bytes) -> bytes:
    """Keep the line ends and the byte order mark that the file had."""
    if original is None:
        return new
    if b"\r\n" in original and b"\n" not in original.replace(b"\r\n", b""):
        new = new.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    mark = b"\xef\xbb\xbf"
    return mark + new if original.startswith(mark) and not new.startswith(mark) else new


def _read(place: Path) -> bytes | None:
    try:
        if not stat.S_ISREG(place.stat().st_mode):
            raise AcceptRefused(f"{place} is not a file", "Move it away")
        return place.read_bytes()
    except FileNotFoundError:
        return None


def _check_untouched(
    place: Path, now: bytes | None, original: bytes | None, new: bytes, known: FileRecord | None
) -> None:
    if now in (original, new):
        return
    if now is None:
        raise AcceptRefused(f"{place} was removed since the run started", CHANGED)
    if known is None or digest(now) not in (known.before, *known.ours):
        what = "was made" if original is None else "changed on the disk"
        raise AcceptRefused(f"{place} {what} since the run started", CHANGED)


def _check_writable(place: Path) -> None:
    # Asked of the mode, because root may write anything and still ought not to.
    if place.exists() and not (place.stat().st_mode & stat.S_IWUSR and os.access(place, os.W_OK)):
        raise AcceptRefused(f"{place} is read-only", f"Run `chmod u+w {place}`")


def _write_all(writes: list[Write]) -> None:
    """Write every file; when one fails, those before it are put back."""
    done: list[Write] = []
    with ExitStack() as stack:
        staged = [stack.enter_context(Staged(p, data)) if data is not None else None for p, _, data in writes]
        try:
            for write, stage in zip(writes, staged, strict=True):
                place, before, _ = write
                if _read(place) != before:
                    raise AcceptRefused(f"{place} changed on the disk just now", CHANGED)
                _put(place, stage)
                done.append(write)
        except (OSError, AcceptRefused):
            for place, before, _ in done:
                if before is None:
                    _put(place, None)
                else:
                    replace_file(place, before)
            raise


def _put(place: Path, staged: Staged | None) -> None:
    if staged is not None:
        staged.commit()
    else:
        place.resolve().unlink(missing_ok=True)
        sync_folder(place.resolve().parent)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = Path(str(error.filename or "the disk"))
        place = place.parent if place.suffix == SUFFIX else place
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "Free some space" if full else "Check the folder and its permissions"
        raise AcceptRefused(f"nothing was written: {place}: {error.strerror}", remedy) from None
