"""G3: files. Writing and sensitive places block; reading warns."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from engine.guardrails.family import Call, Family, Hit, each
from engine.guardrails.rule import block, warn
from engine.guardrails.values import Const, Ref, Values, texts
from engine.guardrails.walk import below

_SENSITIVE = re.compile(
    r"^/?(proc|sys|dev|etc|root|boot|run|home/[^/]+/\.[^/]+|Users/[^/]+/\.[^/]+)(/|$)|^/var/(run|log|lib|spool)/|(^|/)\.(ssh|aws|gnupg|kube|netrc|"
    r"pgpass|docker|config|git(config|-credentials)?|env|\w*_history|\w*rc|\w*pass|bash\w*|zsh\w*|profile|pypirc|npmrc)\b|id_rsa|id_ed25519|shadow$|credentials|"
    r"^~|\.pem$|docker\.sock",
)
_TESTS = re.compile(
    r"(^|/)(test_[^/]*|[^/]*_test|tests?|conftest)(\.py|/|$|\*)|conftest|pytest\.ini|tox\.ini|setup\.cfg|"
    r"pyproject\.toml|sitecustomize|usercustomize|\.pth$|pytest|dist-info",
)
_HARMLESS_DEVICE = frozenset({"/dev/null", "/dev/stdin", "/dev/stdout"})
_WRITING_METHODS = (
    "write_text write_bytes unlink rmdir mkdir touch rename replace chmod lchmod "
    "symlink_to hardlink_to link_to"
)


def place(rule_read: str, call: Call, values: Values) -> Iterable[Hit]:
    """What opening the file named by `values` means: the tests', a sensitive one, or `rule_read`."""
    known = [
        *texts(values),
        *_decoded(values),
        *(v.data for v in values if isinstance(v, Ref) and v.data),
        *_pieces(call),
    ]
    for text in known:
        if _TESTS.search(text):
            yield call.hit("G807", text)
            return
        if _SENSITIVE.search(text) and text not in _HARMLESS_DEVICE:
            yield call.hit("G302", text)
            return
    if any(isinstance(v, Ref) and v.path in ("__file__", "__file__()") for v in values):
        yield call.hit("G807", "__file__")
    elif rule_read:
        yield call.hit(rule_read)


def telling(text: str) -> bool:
    """Whether it matters where a text flows: it names a sensitive place or an inner attribute."""
    if "/" not in text and "." not in text and "~" not in text:
        return text.startswith("__")
    return len(text) < 1000 and (_SENSITIVE.search(text) or _TESTS.search(text)) is not None


def _decoded(values: Values) -> Iterable[str]:
    return (v.value.decode("latin-1") for v in values if isinstance(v, Const) and isinstance(v.value, bytes))


def _pieces(call: Call) -> Iterable[str]:
    node = call.node
    first = node.args[0] if node.args else next((k.value for k in node.keywords), None)
    if first is None or isinstance(first, ast.Constant | ast.Name):
        return
    for part in below([first], call.resolver.budget):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and len(part.value) < 1000:
            yield part.value


def _writes(mode: Values | None) -> bool:
    return mode is not None and any(set(text) & set("wax+") for text in texts(mode))


def _open(call: Call) -> Iterable[Hit]:
    target = call.argument(0, "file") or ()
    if any(
        isinstance(v, Const) and isinstance(v.value, int) and not isinstance(v.value, bool) for v in target
    ):
        yield call.hit("G814")
        return
    if _writes(call.argument(1, "mode")):
        yield call.hit("G301")
        yield from place("", call, target)
        return
    yield from place("G303", call, target)


def _path_open(call: Call) -> Iterable[Hit]:
    made = (call.callee,)
    if _writes(call.argument(0, "mode")):
        yield call.hit("G301")
    else:
        yield from place("G303", call, made)


def _path_read(call: Call) -> Iterable[Hit]:
    yield from place("G303", call, (call.callee,))


def _listing(call: Call) -> Iterable[Hit]:
    yield from place("G305", call, call.argument(0, "path") or (call.callee,))


def _archive(call: Call) -> Iterable[Hit]:
    opened = (call.argument(0, "file") or (), call.keywords.get("fileobj", ()))
    if not any(isinstance(v, Ref) and v.path == "io.BytesIO()" for values in opened for v in values):
        yield call.hit("G301" if _writes(call.argument(1, "mode")) else "G303")


def _log_file(call: Call) -> Iterable[Hit]:
    if "filename" in call.keywords:
        yield call.hit("G306")


def _tree(call: Call) -> Iterable[Hit]:
    if texts(call.argument(0, "file_or_filename") or ()):
        yield call.hit("G301")


def _file_input(call: Call) -> Iterable[Hit]:
    inplace = call.argument(1, "inplace")
    if inplace is not None and inplace != (Const(False),):
        yield call.hit("G301")
    elif call.arguments or "files" in call.keywords:
        yield from place("G303", call, call.argument(0, "files") or ())


def _database(call: Call) -> Iterable[Hit]:
    target = call.argument(0, "database") or ()
    if texts(target) not in ((":memory:",), ("",)):
        yield call.hit("G306")


_OPENERS = ("builtins.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "io.FileIO",
    "tokenize.open",
            "gzip.GzipFile", "bz2.BZ2File", "lzma.LZMAFile", "wave.open", "io.open",
            "aiofiles.open")  # fmt: skip

FAMILY = Family(
    rules=(
        block(
            "G301", "Writes a file", "{name} writes to the disk",
            "Return the data, or write into io.StringIO or io.BytesIO.",
        ),
        block(
            "G302", "Sensitive place", "{name} is a place that programs under test have no business in",
            "Take the data as an argument.",
        ),
        warn("G303", "Reads a file", "{name} reads from the disk", "Take the data as an argument."),
        block(
            "G304", "Changes files", "{name} removes, moves or changes files",
            "Work on values in memory.",
        ),
        warn("G305", "Looks through folders", "{name} lists or inspects files",
            "Take the names as an argument."),
        warn(
            "G306", "Keeps a file", "{name} opens or creates a file as a side effect",
            "Keep it in memory: sqlite3's \":memory:\", io.StringIO.",
        ),
    ),
    paths={
        "builtins.open": "G303", **dict.fromkeys(_OPENERS, "G303"),
        **each(
            "G304", "os", "remove unlink rmdir removedirs rename renames replace mkdir makedirs chmod "
            "fchmod lchmod chown "
            "fchown lchown link symlink truncate ftruncate mkfifo mknod utime chdir fchdir chroot umask "
            "setxattr "
            "removexattr mount umount copy_file_range sendfile splice posix_fallocate lockf"
        ),
        **each("G301", "os", "open creat openpty memfd_create fdopen pwrite pwritev writev"),
        **each("G305", "os", "listdir scandir walk fwalk stat lstat fstat access readlink statvfs "
            "getxattr listxattr"),
        **each("G305", "os.path", "getsize getmtime getctime getatime"),
        "glob": "G305", "glob.escape": "", "fnmatch": "", "filecmp": "G303", "dircache": "G305",
        "linecache": "G303",
        "shutil": "G304", "shutil.which": "G305", "shutil.disk_usage": "G305", "shutil.get_terminal_size": "",
        "tempfile": "G306", "tempfile.SpooledTemporaryFile": "", "tempfile.gettempdir": "G305",
        **each("G306", "logging", "FileHandler handlers.RotatingFileHandler "
            "handlers.TimedRotatingFileHandler "
               "handlers.WatchedFileHandler"),
        "sqlite3.connect": "G306", "dbm": "G301", "fileinput.input": "G303", "fileinput.FileInput": "G303",
        **each("G301", "pathlib.Path()", _WRITING_METHODS), **each("G301", "pathlib.Path", _WRITING_METHODS),
        **each("G303", "pathlib.Path()", "open read_text read_bytes"),
        **each("G303", "pathlib.Path", "open read_text read_bytes"),
        **each("G305", "pathlib.Path()", "stat exists is_file is_dir iterdir glob rglob owner"),
        "zipfile.ZipFile": "G303", "zipfile.PyZipFile": "G303", "tarfile.open": "G303",
        "tarfile.TarFile": "G303",
        **each("G301", "zipfile.ZipFile()", "extractall extract"),
        **each("G301", "tarfile.open()", "extractall extract"),
        **each("G301", "tarfile.TarFile()", "extractall extract"), "tarfile.TarFile.open": "G303",
        "io.open_code": "G303", "mailbox": "G301", "os.path.exists": "", "netrc": "G704", "plistlib": "",
        **each("G303", "pandas", "read_csv read_json read_excel read_parquet read_table read_html "
            "read_sql read_hdf"),
        **each("G303", "numpy", "loadtxt genfromtxt fromfile memmap"), "PIL.Image.open": "G303",
        "cv2.imread": "G303",
        **each("G301", "numpy", "save savez savez_compressed savetxt"), "joblib.dump": "G301",
        "cv2.imwrite": "G301",
        **each("G303", "xml.etree.ElementTree", "parse"), "configparser.ConfigParser().read": "G303",
        "matplotlib.pyplot.savefig": "G301", "toml.load": "G303", "send2trash": "G304",
    },
    methods={
        "write_text": "G301", "write_bytes": "G301", "extractall": "G301", "read_text": "G303",
        "read_bytes": "G303",
        "to_csv": "G301", "to_pickle": "G301", "to_excel": "G301", "to_parquet": "G301", "savefig": "G301",
        "symlink_to": "G301", "hardlink_to": "G301", "executescript": "G306",
    },
    calls={
        **dict.fromkeys(_OPENERS, _open), "pathlib.Path().open": _path_open,
        "pathlib.Path().read_text": _path_read,
        "pathlib.Path().read_bytes": _path_read, "zipfile.ZipFile": _archive, "tarfile.open": _archive,
        "zipfile.PyZipFile": _archive, "tarfile.TarFile": _archive, "fileinput.input": _file_input,
        "fileinput.FileInput": _file_input, "sqlite3.connect": _database,
        **dict.fromkeys(("os.listdir", "os.scandir", "os.walk", "glob.glob", "glob.iglob", "os.readlink"),
            _listing),
        "os.fdopen": _open, "logging.basicConfig": _log_file,
        "xml.etree.ElementTree.ElementTree().write": _tree,
    },
)  # fmt: skip
