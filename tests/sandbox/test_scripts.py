"""Programs in batches: nobody's verdict is another than alone."""

from __future__ import annotations

import pytest

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Limits, Script, Verdict

pytestmark = [pytest.mark.bubblewrap, pytest.mark.asyncio(loop_scope="module")]

LIMITS = Limits(seconds=3)
PROGRAMS = {
    "passes": "def f(x):\n    return x + 1\n\n\nassert f(1) == 2\n",
    "fails": "assert 1 == 2\n",
    "patches a module": "import math\nmath.pi = 3\n",
    "meets the patch": "import math\nassert math.pi == 3\n",
    "leaves by the back door": "import os\nos._exit(0)\n",
    "loads a module": "import xml.dom.minidom\n",
    "needs that it was loaded": "import xml\nxml.dom.minidom\n",
    "sets how deep calls may go": "import sys\nsys.setrecursionlimit(100000)\n",
    "calls too deeply": "def f(n):\n    return n and f(n - 1)\n\n\nf(5000)\n",
    "never ends": "while True:\n    pass\n",
    "passes at the end": "assert sorted([2, 1]) == [1, 2]\n",
}


async def test_a_verdict_in_a_batch_is_another_than_alone(bubblewrap: BubblewrapSandbox) -> None:
    scripts = [Script(name, program) for name, program in PROGRAMS.items()]
    together = await bubblewrap.run_scripts(scripts, LIMITS)
    alone = [(await bubblewrap.run_scripts([script], LIMITS))[0] for script in scripts]
    verdicts = {script.id: one.verdict for script, one in zip(scripts, together, strict=True)}
    assert list(verdicts.values()) == [one.verdict for one in alone]
    assert verdicts["passes"] is verdicts["passes at the end"] is Verdict.PASSED
    assert verdicts["meets the patch"] is verdicts["calls too deeply"] is Verdict.FAILED
    assert verdicts["leaves by the back door"] is not Verdict.PASSED
    assert verdicts["never ends"] is Verdict.TIMEOUT


async def test_what_fails_says_where(bubblewrap: BubblewrapSandbox) -> None:
    (execution,) = await bubblewrap.run_scripts([Script("fails", "x = 1\nassert x == 2, x\n")], LIMITS)
    assert execution.error
    assert (execution.error.error_type, execution.error.line) == ("AssertionError", 2)


@pytest.mark.parametrize(
    ("leaves", "meets"),
    [
        (
            "import contextlib\ncontextlib.sys.settrace(print)",
            "import contextlib\nassert contextlib.sys.gettrace()",
        ),
        (
            "from re import copyreg\ncopyreg.dispatch_table[range] = 5",
            "import copy\nassert range in copy.dispatch_table",
        ),
        (
            "import re\nre.RegexFlag._member_map_['Z'] = 5",
            "import re\nassert 'Z' in re.RegexFlag.__members__",
        ),
        (
            "import json\njson.encoder.ESCAPE_DCT.update(a='b')",
            "import json\nassert 'a' in json.encoder.ESCAPE_DCT",
        ),
        (
            "import decimal\ndecimal.DefaultContext.prec += 1",
            "import decimal\nassert decimal.DefaultContext.prec == 29",
        ),
        (
            "import decimal\ndecimal.DefaultContext.clear_traps()",
            "import decimal\nassert not any(decimal.Context().traps.values())",
        ),
        (
            "import hashlib\nhashlib.algorithms_available.clear()",
            "import hashlib\nassert not hashlib.algorithms_available",
        ),
    ],
)
async def test_what_hangs_off_a_module_is_left_to_the_next(
    bubblewrap: BubblewrapSandbox, leaves: str, meets: str
) -> None:
    scripts = [Script("leaves", leaves), Script("meets", meets), Script("plain", "assert 1")]
    verdicts = [execution.verdict for execution in await bubblewrap.run_scripts(scripts, LIMITS)]
    assert verdicts == [Verdict.PASSED, Verdict.FAILED, Verdict.PASSED]
