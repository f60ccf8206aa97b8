"""Hold the house rules that no linter knows (design.md §2, style.md §3)."""

import ast
import functools
import io
import os
import re
import statistics
import tokenize
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (
    "schemas", "ledger", "consumers", "producers", "adapters", "cli", "compose", "benchmarks",
)  # fmt: skip
FOLDERS = {*PACKAGES, "tests", "docs", ".ci"}
# What git ignores or keeps for itself: made, not written.
MADE = {
    ".git", ".venv", ".engines", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis",
    ".import_linter_cache", "__pycache__", "build", "dist", "demo-out",
    "door-out",
}  # fmt: skip

LONGEST_FUNCTION = 50
USUAL_FUNCTION = 25
LONGEST_MODULE = 400
DEEPEST_NESTING = 2
DEEPEST_WITH_REASON = 3

EMPTY_NAMES = ("Manager", "Service", "Utils", "Util", "Helper", "Helpers", "Base")
EMPTY_MODULES = ("utils", "util", "helpers", "helper", "base", "common", "misc", "manager")
# In parts, so that this file does not name them either.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"),
        ("repo", "maven", "apache", "org"), ("repo1", "maven", "org"), ("crates", "io"),
        ("proxy", "golang", "org"), ("deb", "debian", "org"), ("registry-1", "docker", "io"),
    )
)  # fmt: skip

# Tests of more than one module, which mirror none.
CROSSING = ("acceptance", "faults", "simulation", "compose")

# What a definition may stand in, however deep; in an expression none can.
Standing = ast.stmt | ast.ExceptHandler | ast.match_case
# What chooses or repeats. A `with`, or a `try` that only cleans up, opens no second way.
Blocks = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.Match)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file of the house."""

    path: str
    source: str

    @property
    def is_test(self) -> bool:
        return self.path.startswith("tests/")

    def functions(self) -> Iterator[Function]:
        for node in definitions(self.source):
            if isinstance(node, Function):
                yield node

    def comments(self) -> dict[int, str]:
        """The comments by line number."""
        return comments(self.source)


@functools.cache
def tree(source: str) -> ast.Module:
    """A module as Python reads it."""
    return ast.parse(source)


@functools.cache
def definitions(source: str) -> tuple[Function | ast.ClassDef, ...]:
    """All functions and classes of a module, however deep they stand."""
    standing = statements(tree(source))
    return tuple(node for node in standing if isinstance(node, Function | ast.ClassDef))


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements beneath a node; not what they are made of, which is most of a module."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Standing):
            yield child
            yield from statements(child)


@functools.cache
def comments(source: str) -> dict[int, str]:
    """The comments of a module by line number."""
    if "#" not in source:
        return {}
    words = tokenize.generate_tokens(io.StringIO(source).readline)
    return {word.start[0]: word.string for word in words if word.type == tokenize.COMMENT}


def written(*suffixes: str) -> Iterator[Path]:
    """All files that people wrote, in the folders of the house and beside them."""
    return (path for path in files() if not suffixes or path.suffix in suffixes)


@functools.cache
def files() -> tuple[Path, ...]:
    """All files that people wrote; what is made is not walked through, which took longest."""
    found: list[Path] = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [each for each in folders if each not in MADE and ".egg-info" not in each]
        found += [Path(folder, name) for name in names if name not in MADE]
    return tuple(sorted(found))


@functools.cache
def modules() -> tuple[Module, ...]:
    return tuple(
        Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in written(".py")
    )


# --- the rules: each gives what is wrong with one module, a line a finding ---------------------


def opens_with_a_sentence(module: Module) -> Iterator[str]:
    docstring = ast.get_docstring(tree(module.source)) or ""
    first_line = docstring.partition("\n")[0]
    if not first_line.endswith((".", "?")):
        yield "opens with no sentence that says what it is for"


def lines_of(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def keeps_functions_short(module: Module) -> Iterator[str]:
    for function in module.functions():
        if lines_of(function) > LONGEST_FUNCTION:
            yield f"{function.name} has {lines_of(function)} lines, more than {LONGEST_FUNCTION}"


def keeps_modules_short(module: Module) -> Iterator[str]:
    count = len(module.source.splitlines())
    if not module.is_test and count > LONGEST_MODULE:
        yield f"has {count} lines, more than {LONGEST_MODULE}"


def is_deeper(child: ast.AST, parent: ast.AST) -> bool:
    """Whether a statement nests one deeper than what it stands in; an elif does not."""
    if isinstance(child, ast.If) and isinstance(parent, ast.If):
        return parent.orelse != [child]
    if isinstance(child, ast.Try):
        return bool(child.handlers)
    return isinstance(child, Blocks)


def nested(node: ast.AST, depth: int = 0) -> Iterator[tuple[ast.stmt, int]]:
    """Each block of a function, with its depth; a function within it starts anew."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef):
            continue
        below = depth + is_deeper(child, node)
        if below > depth and isinstance(child, ast.stmt):
            yield child, below
        yield from nested(child, below)


def keeps_nesting_flat(module: Module) -> Iterator[str]:
    for function in module.functions():
        deep = [(block, depth) for block, depth in nested(function) if depth > DEEPEST_NESTING]
        yield from (
            f"{function.name} nests {depth} deep in line {block.lineno}"
            for block, depth in deep
            if depth > DEEPEST_WITH_REASON or not is_explained(block, function, module)
        )


def is_explained(block: ast.stmt, function: Function, module: Module) -> bool:
    """Whether a comment stands on or above the block, or on or above the function's head."""
    first = min([function.lineno, *(one.lineno for one in function.decorator_list)])
    head = range(first - 1, function.body[0].lineno)
    return any(line in module.comments() for line in (*head, block.lineno - 1, block.lineno))


def has_names_that_say_something(module: Module) -> Iterator[str]:
    if Path(module.path).stem in EMPTY_MODULES:
        yield "its name says nothing"
    classes = [node for node in definitions(module.source) if isinstance(node, ast.ClassDef)]
    for node in classes:
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", node.name)
        if set(words) & set(EMPTY_NAMES):
            yield f"class {node.name} has a word that says nothing"


SILENCE = re.compile(r"#\s*(noqa|type:\s*ignore)(:\s*[A-Z0-9]+(,\s*[A-Z0-9]+)*|\[[\w, -]+\])?")


def silences_with_a_reason(module: Module) -> Iterator[str]:
    if not SILENCE.search(module.source):
        return  # what is in no line is in no comment, and telling those apart takes long
    for line, comment in module.comments().items():
        silences = list(SILENCE.finditer(comment))
        without_code = [found for found in silences if found[2] is None]
        without_reason = silences and not re.search(r"\w{3,}", SILENCE.sub("", comment))
        if without_code or without_reason:
            yield f"line {line} silences a linter without a code and a reason: {comment}"


RULES = (
    opens_with_a_sentence,
    keeps_functions_short,
    keeps_modules_short,
    keeps_nesting_flat,
    has_names_that_say_something,
    silences_with_a_reason,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module(rule: Callable[[Module], Iterator[str]]) -> None:
    findings = [f"{module.path}: {found}" for module in modules() for found in rule(module)]
    assert not findings, "\n".join(findings)


def test_nine_functions_in_ten_are_short() -> None:
    lengths = [
        lines_of(function)
        for module in modules()
        if not module.is_test
        for function in module.functions()
    ]
    assert statistics.quantiles(lengths, n=10)[-1] <= USUAL_FUNCTION


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (opens_with_a_sentence, "import os\n"),
        (opens_with_a_sentence, '"""helpers"""\n'),
        (keeps_functions_short, "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION),
        (
            keeps_functions_short,
            "match a:\n case b:\n  try:\n   c()\n  except d:\n   class E:\n    def f():\n"
            + "     x = 1\n" * LONGEST_FUNCTION,
        ),
        (keeps_modules_short, "x = 1\n" * (LONGEST_MODULE + 1)),
        (keeps_nesting_flat, "def f():\n if a:\n  for b in c:\n   if d:\n    e()\n"),
        (keeps_nesting_flat, "# why\ndef f():\n if a:\n  if b:\n   if c:\n    if d:\n     e()\n"),
        (has_names_that_say_something, "class StayManager:\n    pass\n"),
        (has_names_that_say_something, "class HTTPServiceOfStays:\n    pass\n"),
        (silences_with_a_reason, "x = 1  # noqa\n"),
        (silences_with_a_reason, "x = 1  # noqa: S603\n"),
        (silences_with_a_reason, "x = 1  # type: ignore\n"),
        (silences_with_a_reason, "x = 1  # type: ignore[misc]\n"),
        (silences_with_a_reason, "x = 1  # type: ignore[misc]  # noqa: E501\n"),
    ],
)
def test_a_broken_rule_is_found(rule: Callable[[Module], Iterator[str]], source: str) -> None:
    assert list(rule(Module("ledger/planted.py", source)))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (
            keeps_nesting_flat,
            "def f():\n if a:\n  e()\n elif b:\n  e()\n elif c:\n  if d:\n   e()\n",
        ),
        (keeps_nesting_flat, "# why\ndef f():\n if a:\n  for b in c:\n   if d:\n    e()\n"),
        (keeps_nesting_flat, "def f():\n if a:\n  def g():\n   if b:\n    if c:\n     e()\n"),
        (
            keeps_nesting_flat,
            "def f():\n with a:\n  try:\n   if b:\n    c()\n  finally:\n   d()\n",
        ),
        (has_names_that_say_something, "class Basel(BaseModel):\n    pass\n"),
        (silences_with_a_reason, "x = 1  # noqa: S603  our own command\n"),
        (silences_with_a_reason, "x = 1  # type: ignore[misc]  # the stubs lag behind\n"),
        (silences_with_a_reason, 'x = "# noqa"\n'),
    ],
)
def test_a_kept_rule_is_left_alone(rule: Callable[[Module], Iterator[str]], source: str) -> None:
    assert not list(rule(Module("ledger/planted.py", source)))


def test_only_the_folders_of_the_plan_are_there() -> None:
    there = {path.relative_to(ROOT).parts[0] for path in written() if path.parent != ROOT}
    assert there <= FOLDERS


def test_every_folder_with_modules_is_a_package() -> None:
    bare = {
        path.parent.relative_to(ROOT).as_posix()
        for path in written(".py")
        if not (path.parent / "__init__.py").exists()
    }
    # Migrations are scripts that Alembic finds by folder.
    assert not {folder for folder in bare if not folder.endswith("migrations/versions")}


def shows(test: Path) -> Iterator[Path]:
    """Where the module, or the package, may lie that a test file is named after."""
    folder = ROOT / test.parent.relative_to(ROOT / "tests")
    words = test.stem.removeprefix("test_").split("_")
    for count in range(len(words), 0, -1):
        name = "_".join(words[:count])
        yield folder / f"{name}.py"
        yield folder / name
    if words[0] == folder.name:
        yield folder


def test_tests_mirror_the_house() -> None:
    astray = [
        path.relative_to(ROOT).as_posix()
        for path in written(".py")
        if path.is_relative_to(ROOT / "tests")
        and path.name.startswith("test_")
        and path.parent != ROOT / "tests"
        and path.relative_to(ROOT / "tests").parts[0] not in CROSSING
        and not any(place.exists() for place in shows(path))
    ]
    assert not astray, "named after no module: " + ", ".join(astray)


def test_no_file_names_a_package_registry() -> None:
    naming = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in written()
        for text in [path.read_bytes().decode("utf-8", errors="replace")]
        for host in REGISTRIES
        if host in text
    ]
    assert not naming


@pytest.mark.parametrize(
    "lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: path.name
)
def test_a_lock_holds_pins_and_hashes_and_no_address(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").splitlines()
    allowed = re.compile(
        r"#.*|[a-z0-9.-]+(\[[a-z,]+\])?==\S+( ; .*)? \\|    --hash=sha256:\w{64}( \\)?"
    )
    assert [line for line in lines if not allowed.fullmatch(line)] == []
    assert not [line for line in lines if "://" in line or "find-links" in line or "index" in line]


def pins(requirements: list[str]) -> set[str]:
    return {re.sub(r"\[.*\]", "", line).lower().replace("_", "-") for line in requirements}


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    runtime = pins([*project["dependencies"], *extras["embedded"]])
    for lock, asked in (
        ("requirements.lock", runtime),
        ("requirements-test.lock", runtime | pins(extras["test"])),
    ):
        text = (ROOT / lock).read_text(encoding="utf-8")
        locked = set(re.findall(r"^([a-z0-9.-]+==[^\s;]+)", text, flags=re.MULTILINE))
        assert asked <= locked, f"{lock} is behind pyproject.toml: run `make lock`"
