"""The kinds of bugs that `injected.py` puts into programs: what people get wrong, as small edits of a tree.

A kind is asked about one node and either spoils the tree in place and says True, or leaves it alone.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable

Parents = dict[ast.AST, ast.AST]
Kind = Callable[[ast.AST, Parents, ast.FunctionDef, random.Random], bool]
KINDS: dict[str, Kind] = {}
_FAMILIES = (
    ("min", "max", "sum"), ("any", "all"), ("sorted", "list", "set"), ("int", "round", "float"),
    ("len", "sum"), ("ord", "int"), ("floor", "ceil"), ("str", "repr"), ("range", "list"),
    ("zip", "enumerate"), ("abs", "int"),
)  # fmt: skip
_METHODS = (
    ("upper", "lower", "swapcase"), ("append", "extend"), ("isupper", "islower"),
    ("isalpha", "isdigit", "isalnum"),
    ("startswith", "endswith"), ("find", "rfind", "index", "count"), ("keys", "values", "items"),
    ("union", "intersection"), ("strip", "lstrip"), ("pop", "remove"),
)  # fmt: skip
_WRONG_OPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt), ast.Eq: (ast.NotEq, ast.LtE, ast.GtE), ast.NotEq: (ast.Eq, ast.Lt),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add, ast.Mod), ast.Mult: (ast.Add, ast.Pow, ast.Div),
    ast.Div: (ast.FloorDiv, ast.Mult, ast.Mod),
    ast.FloorDiv: (ast.Div, ast.Mod, ast.Mult), ast.Mod: (ast.FloorDiv, ast.Div),
    ast.Pow: (ast.Mult,), ast.BitXor: (ast.BitOr, ast.BitAnd),
    ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,),
}  # fmt: skip


def _kind(made: Kind) -> Kind:
    KINDS[made.__name__.lstrip("_")] = made
    return made


def _names(function: ast.FunctionDef) -> list[str]:
    found = [arg.arg for arg in function.args.args]
    found += [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys(found))


def _put(old: ast.AST, new: ast.AST | None, parents: Parents) -> bool:
    """`new` in the place of `old`; None takes it out of a list that keeps another element."""
    parent = parents.get(old)
    for field, value in ast.iter_fields(parent) if parent else ():
        if value is old and new is not None:
            setattr(parent, field, new)
            return True
        if isinstance(value, list) and old in value:
            if new is None and len(value) == 1:
                return False
            at = value.index(old)
            value[at : at + 1] = [] if new is None else [new]
            return True
    return False


def _loaded(node: ast.AST) -> bool:
    return isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _block(node: ast.AST, parents: Parents) -> list[ast.stmt]:
    for value in vars(parents[node]).values():
        if isinstance(value, list) and node in value:
            return value
    return []


@_kind
def operator(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A wrong operator."""
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in _WRONG_OPS:
            node.ops[0] = rng.choice(_WRONG_OPS[type(op)])()  # type: ignore[call-overload]
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _WRONG_OPS:
            node.op = rng.choice(_WRONG_OPS[type(op)])()  # type: ignore[assignment]
        case ast.BoolOp(op=op):
            node.op = ast.Or() if isinstance(op, ast.And) else ast.And()
        case _:
            return False
    return True


@_kind
def number(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A wrong number."""
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return False
    node.value += rng.choice([1, -1, 1, -1, 2, 10])  # type: ignore[operator]
    return True


@_kind
def flag(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """True for False."""
    if not isinstance(node, ast.Constant) or type(node.value) is not bool:
        return False
    node.value = not node.value
    return True


@_kind
def all_flags(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """The whole answer the wrong way round."""
    flags = [n for n in ast.walk(function) if isinstance(n, ast.Constant) and type(n.value) is bool]
    for part in flags:
        part.value = not part.value
    return len(flags) > 1


@_kind
def text(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A string that is a little off."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or _docstring(parents[node]):
        return False
    value = node.value
    forms = [
        value.swapcase(),
        value + " ",
        value[:-1],
        value[::-1],
        value.strip(),
        value * 2 if len(value) == 1 else "",
    ]
    forms += [value[1:], value.replace(" ", ""), value[:1] + value[2:]]
    node.value = rng.choice([form for form in forms if form != value] or [" "])
    return True


@_kind
def variable(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A wrong variable read or assigned."""
    if not isinstance(node, ast.Name) or node.id not in (names := _names(function)) or len(names) < 2:
        return False
    node.id = rng.choice([name for name in names if name != node.id])
    return True


@_kind
def element_for_index(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """`i` where `xs[i]` is meant."""
    return (
        isinstance(node, ast.Subscript)
        and _loaded(node)
        and not isinstance(node.slice, ast.Slice)
        and _put(node, node.slice, parents)
    )


@_kind
def whole_for_part(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """`xs` where a slice or an element is meant."""
    return isinstance(node, ast.Subscript) and _loaded(node) and _put(node, node.value, parents)


@_kind
def index(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """An index off by one or from the other end."""
    if not isinstance(node, ast.Subscript) or not _loaded(node) or isinstance(node.slice, ast.Slice):
        return False
    at = node.slice
    forms = [ast.BinOp(at, ast.Add(), ast.Constant(1)), ast.BinOp(at, ast.Sub(), ast.Constant(1))]
    node.slice = rng.choice([*forms, ast.UnaryOp(ast.USub(), at)])
    return True


@_kind
def slice_bounds(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A slice with a bound lost, moved, or a step turned."""
    if not isinstance(node, ast.Slice):
        return False
    match rng.randrange(4):
        case 0:
            node.lower, node.upper = node.upper, node.lower
        case 1 if node.upper:
            node.upper = ast.BinOp(node.upper, rng.choice([ast.Add(), ast.Sub()]), ast.Constant(1))
        case 2 if node.lower:
            node.lower = ast.BinOp(node.lower, rng.choice([ast.Add(), ast.Sub()]), ast.Constant(1))
        case _:
            node.step = None if node.step else ast.Constant(2)
    return True


@_kind
def range_bounds(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A range that starts or ends wrong."""
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[stop]):
            node.args = rng.choice([[ast.Constant(1), stop], [ast.BinOp(stop, ast.Sub(), ast.Constant(1))],
                [ast.BinOp(stop, ast.Add(), ast.Constant(1))]])  # fmt: skip
        case ast.Call(func=ast.Name(id="range"), args=[start, stop]):
            node.args = rng.choice([[stop], [start, ast.BinOp(stop, ast.Add(), ast.Constant(1))],
                [ast.BinOp(start, ast.Add(), ast.Constant(1)), stop]])  # fmt: skip
        case ast.Call(func=ast.Name(id="range"), args=[start, stop, step]):
            node.args = rng.choice([[start, stop], [ast.Constant(0), stop, step]])
        case _:
            return False
    return True


@_kind
def function_of_family(
    node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random
) -> bool:
    """A wrong builtin."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    for family in _FAMILIES:
        if node.func.id in family:
            node.func.id = rng.choice([name for name in family if name != node.func.id])
            return True
    return False


@_kind
def method_of_family(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A wrong method."""
    if not isinstance(node, ast.Attribute):
        return False
    for family in _METHODS:
        if node.attr in family:
            node.attr = rng.choice([name for name in family if name != node.attr])
            return True
    return False


@_kind
def call_lost(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """`x` where `f(x)` or `x.f()` is meant."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner), args=[]):
            return _put(node, owner, parents)
        case ast.Call(args=[only, *_]) if isinstance(node.func, ast.Name):
            return _put(node, only, parents)
    return False


@_kind
def call_too_many(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A value in a call that it does not need."""
    parent = parents.get(node)
    if (
        not _loaded(node)
        or not isinstance(node, ast.Name | ast.Subscript | ast.BinOp | ast.Call)
        or isinstance(parent, ast.Attribute)
    ):
        return False
    if isinstance(parent, ast.Call) and parent.func is node:
        return False
    if rng.random() < 0.4:
        made: ast.expr = ast.Call(
            ast.Attribute(node, rng.choice(["lower", "upper", "strip", "copy"]), ast.Load()), [], []
        )
    else:
        made = ast.Call(
            ast.Name(rng.choice(["abs", "int", "str", "len", "set", "sorted", "list", "sum"]), ast.Load()),
            [node],
            [],
        )
    return _put(node, made, parents)


@_kind
def argument_lost(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """An argument or keyword left out."""
    if not isinstance(node, ast.Call) or len(node.args) + len(node.keywords) < 2:
        return False
    if node.keywords:
        node.keywords.pop(rng.randrange(len(node.keywords)))
    else:
        node.args.pop(rng.randrange(len(node.args)))
    return True


@_kind
def key_lost(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A sort key that looks at less, or the wrong way."""
    if not isinstance(node, ast.Lambda):
        return False
    match node.body:
        case ast.Tuple(elts=[one, *_]):
            node.body = one
        case ast.UnaryOp(operand=operand):
            node.body = operand
        case ast.Subscript(value=value):
            node.body = value
        case body:
            node.body = ast.UnaryOp(ast.USub(), body)
    return True


@_kind
def arguments_swapped(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """Arguments, operands or elements in the wrong order."""
    match node:
        case ast.Call(args=[one, two, *rest]):
            node.args = [two, one, *rest]
        case ast.BinOp(left=left, right=right):
            node.left, node.right = right, left
        case ast.Tuple(elts=[one, two, *rest]):
            node.elts = [two, one, *rest]
        case ast.IfExp(body=one, orelse=two):
            node.body, node.orelse = two, one
        case _:
            return False
    return True


@_kind
def operand_lost(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """Half of a sum, product or condition left out."""
    match node:
        case ast.BinOp(left=left, right=right):
            return _put(node, rng.choice([left, right]), parents)
        case ast.BoolOp(values=values):
            values.pop(rng.randrange(len(values)))
            return len(values) > 1 or _put(node, values[0], parents)
        case ast.UnaryOp(operand=operand):
            return _put(node, operand, parents)
    return False


@_kind
def operand_too_many(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """Something added that should not be."""
    if not _loaded(node) or not isinstance(node, ast.Name | ast.Call | ast.Subscript):
        return False
    parent = parents.get(node)
    if isinstance(parent, ast.Attribute) or (isinstance(parent, ast.Call) and parent.func is node):
        return False
    other: ast.expr = (
        ast.Constant(rng.choice([1, 2]))
        if rng.random() < 0.5
        else ast.Name(rng.choice(_names(function)), ast.Load())
    )
    return _put(node, ast.BinOp(node, rng.choice([ast.Add(), ast.Sub(), ast.Mult()]), other), parents)


@_kind
def condition_too_many(
    node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random
) -> bool:
    """A condition that asks for too much or too little."""
    if not isinstance(node, ast.If | ast.While | ast.IfExp):
        return False
    name = ast.Name(rng.choice(_names(function)), ast.Load())
    extra = rng.choice([name, ast.UnaryOp(ast.Not(), name), ast.Compare(name, [ast.Gt()], [ast.Constant(0)]),
        ast.Compare(name, [ast.NotEq()], [ast.Constant(1)])])  # fmt: skip
    node.test = ast.BoolOp(rng.choice([ast.And(), ast.Or()]), [node.test, extra])
    return True


@_kind
def condition_turned(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A condition that asks for the opposite."""
    match node:
        case ast.If(test=ast.UnaryOp(op=ast.Not(), operand=operand)):
            node.test = operand
        case ast.If() | ast.While() | ast.IfExp():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case _:
            return False
    return True


@_kind
def statement_lost(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A statement left out."""
    return (
        isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.If)
        and not _docstring(node)
        and _put(node, None, parents)
    )


@_kind
def guard_lost(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """An early exit left out."""
    return (
        isinstance(node, ast.If) and not node.orelse and len(node.body) == 1
        and isinstance(node.body[0], ast.Return | ast.Continue | ast.Break) and _put(node, None, parents)
    )  # fmt: skip


@_kind
def branch_lost(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """An `elif` or `else` left out, or a condition that lets everything through."""
    if not isinstance(node, ast.If):
        return False
    if node.orelse:
        node.orelse = node.orelse[0].orelse if isinstance(node.orelse[0], ast.If) else []
        return True
    block = _block(node, parents)
    if not block:
        return False
    at = block.index(node)
    block[at : at + 1] = node.body
    return True


@_kind
def filter_lost(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A comprehension that lets everything through."""
    if not isinstance(node, ast.comprehension) or not node.ifs:
        return False
    node.ifs.clear()
    return True


@_kind
def statement_too_many(
    node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random
) -> bool:
    """A statement that does harm."""
    if not isinstance(node, ast.stmt) or _docstring(node):
        return False
    block, names = _block(node, parents), _names(function)
    name = rng.choice(names)
    made = rng.choice([f"{name} += 1", f"{name} = {rng.choice(names)}", f"if not {name}:\n    return {name}",
        "break", "continue", f"{name}.sort()",
        f"{name} = {name}[1:]", f"if {name} == 1:\n    return True"])  # fmt: skip
    if made in {"break", "continue"} and not isinstance(parents[node], ast.For | ast.While | ast.If):
        return False
    block.insert(block.index(node) + rng.randrange(2), ast.parse(made).body[0])
    return True


@_kind
def statements_swapped(
    node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random
) -> bool:
    """Two statements in the wrong order."""
    if not isinstance(node, ast.stmt) or _docstring(node):
        return False
    block = _block(node, parents)
    at = block.index(node) if node in block else -1
    if at < 0 or at + 1 >= len(block):
        return False
    block[at], block[at + 1] = block[at + 1], block[at]
    return True


@_kind
def moved_in(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """What belongs after a loop or `if`, at its end."""
    if not isinstance(node, ast.For | ast.While | ast.If):
        return False
    block = _block(node, parents)
    at = block.index(node) if node in block else len(block)
    if at + 1 >= len(block) or (len(block) == at + 2 and isinstance(node, ast.If)):
        return False
    node.body.append(block.pop(at + 1))
    return True


@_kind
def moved_out(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """What belongs at the end of a loop or `if`, after it."""
    if not isinstance(node, ast.For | ast.While | ast.If) or len(node.body) < 2:
        return False
    block = _block(node, parents)
    if node not in block:
        return False
    block.insert(block.index(node) + 1, node.body.pop())
    return True


@_kind
def branches_swapped(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """The bodies of an `if` exchanged."""
    if not isinstance(node, ast.If) or not node.orelse or isinstance(node.orelse[0], ast.If):
        return False
    node.body, node.orelse = node.orelse, node.body
    return True


@_kind
def elif_for_if(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """`if` where `elif` is meant, and the reverse."""
    if not isinstance(node, ast.If):
        return False
    block = _block(node, parents)
    if node not in block:
        return False
    at = block.index(node)
    if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        block.insert(at + 1, node.orelse.pop())
        return True
    if at + 1 < len(block) and isinstance(block[at + 1], ast.If) and not node.orelse:
        node.orelse = [block.pop(at + 1)]
        return True
    return False


@_kind
def jump(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A wrong way out of a loop."""
    if isinstance(node, ast.Break | ast.Continue):
        return _put(
            node,
            rng.choice([ast.Pass(), ast.Continue() if isinstance(node, ast.Break) else ast.Break()]),
            parents,
        )
    if isinstance(node, ast.Return) and isinstance(parents[node], ast.If | ast.For):
        return _put(node, ast.Pass(), parents)
    return False


@_kind
def returned(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """The wrong thing returned."""
    if not isinstance(node, ast.Return) or node.value is None:
        return False
    forms = [
        None,
        ast.Constant(0),
        ast.Constant(True),
        ast.List([], ast.Load()),
        ast.Constant(""),
        ast.Constant(-1),
    ]
    node.value = rng.choice([*forms, ast.Name(rng.choice(_names(function)), ast.Load())])
    return True


@_kind
def first_value(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """A wrong initial value."""
    match node:
        case ast.Assign(value=ast.Constant(value=int() | float())):
            node.value = rng.choice(
                [
                    ast.Constant(1),
                    ast.Constant(-1),
                    ast.Constant(None),
                    ast.parse("float('inf')", mode="eval").body,
                ]
            )
        case ast.Assign(value=ast.Constant(value=str())):
            node.value = ast.Constant(" ")
        case ast.Assign(value=ast.List() | ast.Dict()):
            node.value = rng.choice(
                [ast.List([ast.Constant(0)], ast.Load()), ast.Constant(None), ast.Constant("")]
            )
        case ast.Assign(targets=[ast.Name()], value=value) if isinstance(
            value, ast.Name | ast.Call | ast.Subscript
        ):
            node.value = ast.Constant(0)
        case _:
            return False
    return True


@_kind
def update(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """`=` for `+=`, or an update by the wrong amount."""
    if not isinstance(node, ast.AugAssign):
        return False
    if rng.random() < 0.5:
        return _put(node, ast.Assign([node.target], node.value), parents)
    node.value = ast.Constant(1) if not isinstance(node.value, ast.Constant) else ast.Constant(2)
    return True


@_kind
def twice(node: ast.AST, parents: Parents, function: ast.FunctionDef, rng: random.Random) -> bool:
    """Two small bugs in one expression or statement."""
    if not isinstance(node, ast.stmt) or isinstance(node, ast.FunctionDef):
        return False
    small = [operator, number, variable, index]
    done = 0
    for part in list(ast.walk(node)):
        done += done < 2 and rng.choice(small)(part, parents, function, rng)
    return done == 2
