"""Programs that repeat one construct until they are as large as wanted; written to be dear to check."""

from __future__ import annotations

from collections.abc import Callable

# A piece by its number; some begin with another one.
Unit = Callable[[int], str]


def grown(name: str, size: int) -> str:
    """The shape of that name, at least `size` characters."""
    pieces, length, number = [], 0, 0
    while length < size:
        piece = SHAPES[name](number)
        pieces.append(piece)
        length += len(piece)
        number += 1
    return "".join(pieces) + ENDS.get(name, "")


ENDS = {
    "commas": "]",
    "manyargs": ")",
    "kwargs": ")",
    "params": "):pass",
    "paramdef": "):pass",
    "dictbig": "}",
    "secretdict": "}",
    "bigwhilecall": ")",
}
SHAPES: dict[str, Unit] = {
    "functions": lambda n: f"def f{n}(): pass\n",
    "chain": lambda n: f"def f{n}(): f{n + 1}()\n",
    "chain_ret": lambda n: f"def f{n}(x): return f{n + 1}(x)\n",
    "whiles": lambda n: "while 1: x\n",
    "whiles_x": lambda n: "while x: y\n",
    "eqs": lambda n: f"class C{n}:\n def __eq__(s,o): return 1\n",
    "eqs2": lambda n: f"class C{n}:\n def __eq__(s,o): return s.x==o\n",
    "assign": lambda n: "x=1\n",
    "assign_names": lambda n: f"x{n}=x{n - 1 if n else 0}\n",
    "calls": lambda n: "f()\n",
    "calls_name": lambda n: "eval\n",
    "calls_eval": lambda n: "eval(x)\n",
    "semis": lambda n: "a;",
    "attrs": lambda n: "a.b\n",
    "lambdas": lambda n: "lambda:0\n",
    "tuples": lambda n: "(),",
    "dicts": lambda n: "{}\n",
    "ifs": lambda n: "if a:b\n",
    "comps": lambda n: "[a for a in b]\n",
    "compsl": lambda n: "[a for a in (1,2,3,4,5,6,7,8,9)]\n",
    "trys": lambda n: "try:a\nexcept:b\n",
    "imports": lambda n: "import a\n",
    "imports_os": lambda n: f"import os as o{n}\n",
    "importsn": lambda n: f"import os.x{n}\n",
    "importsub": lambda n: f"import pickle.x{n}\n",
    "froms": lambda n: f"from os import x{n}\n",
    "stars": lambda n: f"from m{n} import*\n",
    "stars_os": lambda n: f"from os import*\nx{n}\n",
    "fstr": lambda n: "f'{a}{b}'\n",
    "joins": lambda n: "''.join(['a','b'])\n",
    "adds": lambda n: "'a'+'b'\n",
    "growing": lambda n: "x='a'\n" if n == 0 else "x=x+'a'\n",
    "growlist": lambda n: "x=[eval]\n" if n == 0 else "x=[x]\n",
    "append": lambda n: "x=[]\n" if n == 0 else f"x.append('{n}')\n",
    "dictset": lambda n: "x={}\n" if n == 0 else "x['a']=eval\n",
    "classes": lambda n: f"class C{n}:pass\n",
    "classchain": lambda n: f"class C{n}(C{n - 1}):pass\n" if n else "class C0:pass\n",
    "classuse": lambda n: f"class C{n}(C{n - 1}):x=C{n - 1}.y\n" if n else "class C0:y=1\n",
    "late": lambda n: f"x{n}=x{n + 1}\n",
    "latefn": lambda n: f"def f{n}(a=eval):return f{n + 1}(eval)\n",
    "globals": lambda n: f"def f{n}():\n global a\n a=eval\n",
    "withs": lambda n: "with a:b\n",
    "matches": lambda n: "match a:\n case b:c\n",
    "decor": lambda n: "@f\ndef f(x):return x\n",
    "strings": lambda n: "'" + "a" * 1000 + "'\n",
    "bigstr": lambda n: "'" + "a" * 99000 + "'\n",
    "regexes": lambda n: "import re\n" if n == 0 else "re.compile('(a+)+')\n",
    "prints": lambda n: "print('1 passed')\n",
    "names_uni": lambda n: f"é{n}=é\n",
    "finduni": lambda n: "'é';eval(x)\n",
    "oneline_uni": lambda n: "'é';eval(x);",
    "commas": lambda n: "x=[" if n == 0 else "a,",
    "nl": lambda n: "\n",
    "spaces": lambda n: " \n",
    "comments": lambda n: "#\n",
    "comments2": lambda n: "# coding=1\n",
    "binop": lambda n: "x=1" if n == 0 else "+a",
    "cmp": lambda n: "x=1" if n == 0 else "<a",
    "elifs": lambda n: "if a:b\n" if n == 0 else "elif a:b\n",
    "methods": lambda n: "class A:\n" if n == 0 else f" def f{n}(s):s.f{n}()\n",
    "methodsx": lambda n: "class A:\n" if n == 0 else f" def f{n}(s):s.a=eval\n",
    "getattrs": lambda n: "import os\n" if n == 0 else f"getattr(os,'a{n}')\n",
    "getattrsv": lambda n: "getattr(a,b)\n",
    "manyargs": lambda n: "f(" if n == 0 else "a,",
    "kwargs": lambda n: "f(" if n == 0 else f"a{n}=a,",
    "params": lambda n: "def f(" if n == 0 else f"a{n},",
    "paramdef": lambda n: "def f(" if n == 0 else f"a{n}=eval,",
    "docs": lambda n: '"""a"""\n',
    "dels": lambda n: "del a\n",
    "augs": lambda n: "a+=b\n",
    "augstr": lambda n: "a='b'\n" if n == 0 else "a+='b'\n",
    "walrus": lambda n: "(a:=b)\n",
    "fornest": lambda n: "for a in b:c\n",
    "dictbig": lambda n: "x={" if n == 0 else f"{n}:1,",
    "nestcall": lambda n: "f(f(f(f(f(f(f(f(f(f(a))))))))))\n",
    "nestdef": lambda n: "def a():\n def b():\n  def c():\n   def d():\n    def e(): x\n",
    "evalshadow": lambda n: f"def f{n}():\n eval;eval=1\n",
    "mainfn": lambda n: "eval=1\n" if n == 0 else f"def f{n}():eval\n",
    "secretdict": lambda n: "x={" if n == 0 else "'token':'a1a1a1a1a1a1a1a1a1a1',",
    "opens": lambda n: "open('a')\n",
    "openpieces": lambda n: "open('a'+'b'+c)\n",
    "opennest": lambda n: "open(" * 20 + "'a'" + ")" * 20 + "\n",
    "circle": lambda n: "def f():f()\n",
    "whilenest": lambda n: "".join(" " * i + "while x:\n" for i in range(40)) + " " * 40 + "y\n",
    "fornest2": lambda n: (
        "".join(" " * i + "for x in itertools.count():\n" for i in range(40)) + " " * 40 + "y\n"
    ),
    "defnest": lambda n: "".join(" " * i + "def f():\n" for i in range(40)) + " " * 40 + "y\n",
    "trynest": lambda n: (
        "".join(" " * i + "try:\n" for i in range(20))
        + " " * 20
        + "y\n"
        + "".join(" " * i + "except BaseException: z\n" for i in reversed(range(20)))
    ),
    "handnest": lambda n: (
        "".join(" " * i + "try: y\n" + " " * i + "except BaseException:\n" for i in range(19))
        + " " * 19
        + "y\n"
    ),
    "compnest": lambda n: "[" * 4 + "a" + "".join(f" for {c} in (1,2,3,4,5,6,7,8)]" for c in "abcd") + "\n",
    "callflow": lambda n: "def g(x): return x\n" if n == 0 else f"y{n}=g([eval,{n}])\n",
    "mapflow": lambda n: (
        "def g(x): return [x,x]\n" if n == 0 else "list(map(g,[1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8,9]))\n"
    ),
    "mapmap": lambda n: (
        "list(map(lambda a:map(lambda b:map(str,(1,2,3,4,5,6,7,8)),(1,2,3,4,5,6,7,8)),(1,2,3,4,5,6,7,8)))\n"
    ),
    "whiletest": lambda n: "while x:\n" + "  y=z\n" * 3,
    "bigwhile": lambda n: "while x:\n" if n == 0 else " f(y)\n",
    "bigwhilecall": lambda n: "while x:\n f(" if n == 0 else "g(y),",
    "bigwhilesub": lambda n: "while x:\n z" if n == 0 else ("[y]" if n < 90 else "\n z\n"),
    "callnestwhile": lambda n: "while x: " + "f(" * 80 + "y" + ")" * 80 + "\n",
    "asyncs": lambda n: f"async def f{n}(): await f{n}()\n",
    "typed": lambda n: "a:int=1\n",
    "fmt": lambda n: "'{}'.format(a)\n",
    "percent": lambda n: "'%s'%a\n",
    "slices": lambda n: "a[1:2]\n",
    "slicec": lambda n: "'abc'[::-1]\n",
    "keywords": lambda n: "f(a=1,b=2,c=3)\n",
    "bytesl": lambda n: "b'a'\n",
    "replaceg": lambda n: "x='a'*4000\n" if n == 0 else "x=x.replace('a','bb')\n",
    "bigconst": lambda n: "x='" + "a" * 4000 + "'\n" if n == 0 else "x.upper()\n",
    "bigconst2": lambda n: "x='" + "a" * 4000 + "'\n" if n == 0 else "x+'b'\n",
    "bigjoin": lambda n: "x='" + "a" * 4000 + "'\n" if n == 0 else "','.join(x)\n",
    "b64": lambda n: "import base64\nx='" + "a" * 4000 + "'\n" if n == 0 else "base64.b64decode(x)\n",
    "attrset": lambda n: "class A:pass\na=A()\n" if n == 0 else "a.b=eval\n",
    "attrset2": lambda n: "class A:pass\na=A()\n" if n == 0 else f"a.b{n}=eval\n",
    "eqbig": lambda n: "class A:\n def __eq__(s,o):\n" if n == 0 else "  x=1\n",
    "fnbig": lambda n: "def f():\n" if n == 0 else " g()\n",
    "selfcalls": lambda n: "class A:\n def f(s):\n" if n == 0 else "  s.f\n",
    "intbig": lambda n: "1" * 4000 + "\n",
    "hexbig": lambda n: "0x" + "1" * 4000 + "\n",
    "pow": lambda n: "2**4000\n",
    "mulbig": lambda n: "x=2**4000\n" if n == 0 else "x*x\n",
    "mod": lambda n: "'%4000d'%1\n",
    "xor": lambda n: (
        "x='a'\n" if n == 0 else "''.join(chr(ord(c)^7) for c in 'abcdefghijklmnopqrstuvwxyz')\n"
    ),
}
