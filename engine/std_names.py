"""Names of the standard library that code often uses without importing them."""

from __future__ import annotations

_MODULES = """
array bisect calendar cmath collections copy datetime decimal fractions functools hashlib heapq io
itertools json math numbers operator os random re statistics string struct sys textwrap time typing
unicodedata
"""
_FROM = {
    "abc": "ABC abstractmethod",
    "bisect": "bisect_left bisect_right insort insort_left insort_right",
    "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
    "contextlib": "contextmanager suppress",
    "copy": "deepcopy",
    "dataclasses": "dataclass field",
    "datetime": "datetime timedelta timezone",
    "decimal": "Decimal ROUND_HALF_UP",
    "enum": "Enum IntEnum",
    "fractions": "Fraction",
    "functools": "cache cached_property cmp_to_key lru_cache partial reduce total_ordering wraps",
    "heapq": "heapify heappop heappush heappushpop heapreplace nlargest nsmallest",
    "hashlib": "md5 sha1 sha256",
    "io": "BytesIO StringIO",
    "itertools": "accumulate chain combinations combinations_with_replacement groupby islice "
    "pairwise permutations product starmap takewhile dropwhile zip_longest",
    "math": "ceil comb factorial floor fsum gcd hypot inf isclose isqrt lcm log2 log10 pi prod sqrt trunc",
    "operator": "attrgetter itemgetter",
    "pathlib": "Path",
    "statistics": "mean median stdev",
    "string": "ascii_letters ascii_lowercase ascii_uppercase punctuation",
    "typing": "Any AnyStr Callable ClassVar Deque DefaultDict Dict Final FrozenSet Generator Generic "
    "Hashable Iterable Iterator List Literal Mapping MutableMapping NamedTuple NoReturn Optional Protocol "
    "Sequence Set Sized Tuple Type TypeVar TypedDict Union",
}

IMPORTS: dict[str, str] = {name: f"import {name}" for name in _MODULES.split()} | {
    name: f"from {module} import {name}" for module, names in _FROM.items() for name in names.split()
}
"""The import statement that binds each name."""
