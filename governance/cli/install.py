"""Makes the private environment, then hands the command over to it.

Runs by path on a bare Python 3.11 to 3.13: nothing but the standard library, and no import of the product. A pinned uv
goes into .tools, the locked packages into .venv, every file checked against its hash. What is whole is left alone.
"""

import fcntl
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
TOOLS, VENV = ROOT / ".tools", ROOT / ".venv"
BYTECODE = VENV / "bytecode"
BOOTSTRAP = "requirements/bootstrap.txt"
RUNTIME = ("requirements/runtime.txt", "requirements/embedded.txt")
DEVELOPMENT = (*RUNTIME, "requirements/dev.txt")
MEASURING = (*RUNTIME, "requirements/bench.txt")
SETS = (RUNTIME, DEVELOPMENT, MEASURING)

# command: what it does, the packages it needs
COMMANDS = {
    "demo": (
        "Start everything with demo data on 127.0.0.1:8000. Options: --port N, --listings N, --reset, --once, --json FILE.",
        RUNTIME,
    ),
    "test": (
        "Run every test against real PostgreSQL, Valkey, Celery and Chromium; arguments go to pytest.",
        DEVELOPMENT,
    ),
    "check": (
        "Lint, types, import contracts, migrations, tests: all that must pass before a change goes in.",
        DEVELOPMENT,
    ),
    "lint": ("Check style and formatting; `--fix` mends what can be mended.", DEVELOPMENT),
    "manage": ("Run a manage.py command with the services up, for instance `./run manage createsuperuser`.", RUNTIME),
    "shell": ("Open a Python shell with the models loaded and the services up.", RUNTIME),
    "drill": ("Run a long or timed exercise at full size and print its figures; without a name, list them.", RUNTIME),
    "bench": (
        "Measure the product beside the alternatives on a large made-up catalogue; see docs/performance.md.",
        MEASURING,
    ),
}
USAGE = "\n".join(
    [
        "Usage: ./run COMMAND [ARGUMENTS]",
        "",
        *(f"  {name:<8}{told}" for name, (told, _) in COMMANDS.items()),
        f"  {'help':<8}Print this.",
        "",
        "Settings come from the environment. DATABASE_URL and REDIS_URL name servers of yours: then none is started here.",
        "GOVERNANCE_STATE names the folder for data and logs (default: var beside this file).",
    ]
)


class Failed(Exception):
    """A sentence for the person at the terminal."""


def main(arguments: list[str]) -> int:
    command = arguments[0] if arguments else "help"
    if command in ("help", "-h", "--help"):
        print(USAGE)
        return 0
    if command not in COMMANDS:
        print(f"There is no command `{command}`.\n\n{USAGE}", file=sys.stderr)
        return 2
    try:
        make_environment(COMMANDS[command][1])
    except Failed as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. The next start goes on from here.", file=sys.stderr)
        return 130
    return _hand_over(arguments)


def _hand_over(arguments: list[str]) -> NoReturn:
    os.environ["PYTHONPATH"] = str(ROOT)
    # Compiled code is kept in the environment, also for who wants none beside the sources: every program of ours
    # would compile 1,700 modules at each start.
    os.environ["PYTHONPYCACHEPREFIX"] = os.environ.get("PYTHONPYCACHEPREFIX") or str(BYTECODE)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, "-m", "governance.cli", *arguments])  # noqa: S606 -- a path we made


def make_environment(files: tuple[str, ...]) -> None:
    """Under a lock: two commands that start together must not install into each other."""
    if _installed(files):
        return
    try:
        TOOLS.mkdir(exist_ok=True)
        lock = (TOOLS / ".lock").open("w")
    except OSError as problem:
        raise Failed(f"{ROOT} cannot be written ({problem.strerror}): the environment lives in it.") from problem
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _installed(files):
            print("Setting up the environment in .venv; the first time this downloads its packages.", file=sys.stderr)
            _install(_uv(), _with_those_there(files))


def _with_those_there(files: tuple[str, ...]) -> tuple[str, ...]:
    """Who has the tools of development, or those of measuring, keeps them."""
    there = [file for each in SETS if _stamp(each).exists() for file in each]
    return tuple(dict.fromkeys((*files, *there)))


def _installed(files: tuple[str, ...]) -> bool:
    """Whether all of `files` are installed, by themselves or in a larger set."""
    return any(set(files) <= set(each) and _is_whole(each) for each in SETS)


def _is_whole(files: tuple[str, ...]) -> bool:
    stamp = _stamp(files)
    return stamp.exists() and stamp.read_text() == _wanted(files) and (VENV / "bin" / "python").exists()


def _stamp(files: tuple[str, ...]) -> Path:
    return VENV / f"installed-{Path(files[-1]).stem}.txt"


def _wanted(files: tuple[str, ...]) -> str:
    """All that decides what is installed. The place counts: an environment that was moved does not run."""
    maker = f"{sys.version}\n{platform.machine()}\n{ROOT}\n"
    return maker + "".join((ROOT / file).read_text() for file in files)


def _install(uv: Path, files: tuple[str, ...]) -> None:
    """An install that was interrupted leaves its mark, and the next one starts from an empty environment."""
    mark = VENV / "incomplete"
    python = VENV / "bin" / "python"
    if mark.exists() or not python.exists() or not _made_here():
        _call(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], "The environment could not be made."
        )
    mark.touch()
    shutil.rmtree(BYTECODE, ignore_errors=True)  # two releases of a package may have files of one size and date
    for stamp in VENV.glob("installed-*.txt"):
        stamp.unlink()
    options = ["--quiet", "--require-hashes", "--no-build"]
    _call(
        [uv, "pip", "sync", *options, "--python", python, *(ROOT / file for file in files)],
        "The packages could not be installed. The first start needs a package index: is the network there?\n"
        "A mirror is named with UV_INDEX_URL.",
    )
    for each in SETS:
        if set(each) <= set(files):
            _stamp(each).write_text(_wanted(each))
    (VENV / "made-by.txt").write_text(_maker())
    mark.unlink()


def _maker() -> str:
    return f"{sys.version}\n{ROOT}\n"


def _made_here() -> bool:
    """By this Python, in this place."""
    note = VENV / "made-by.txt"
    return note.exists() and note.read_text() == _maker()


def _uv() -> Path:
    """The pinned installer, put into .tools by pip, or by the pip of a new environment where Python came without one."""
    uv = TOOLS / "bin" / "uv"
    wanted = (ROOT / BOOTSTRAP).read_text()
    stamp = TOOLS / "installed.txt"
    if uv.exists() and stamp.exists() and stamp.read_text() == wanted:
        return uv
    for left in TOOLS.iterdir():
        if left.name != ".lock":
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
    python = _python_with_pip()
    options = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps", "--require-hashes"]
    _call(
        [python, "-m", "pip", "install", *options, "--only-binary=:all:", "--target", TOOLS, "-r", ROOT / BOOTSTRAP],
        "The installer could not be fetched. The first start needs a package index: is the network there?\n"
        "A mirror is named with PIP_INDEX_URL and UV_INDEX_URL.",
    )
    stamp.write_text(wanted)
    return uv


def _python_with_pip() -> str:
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return sys.executable
    folder = TOOLS / "pip"
    made = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise Failed(
            f"{sys.executable} has neither pip nor a working venv module.\n"
            "Install pip for it (Debian and Ubuntu: apt install python3-pip) and start again."
        )
    return str(folder / "bin" / "python")


def _call(command: list[str | Path], otherwise: str) -> None:
    if subprocess.run([str(part) for part in command], env=_environment(), check=False).returncode != 0:
        raise Failed(otherwise)


def _environment() -> dict[str, str]:
    """The caller's own, which may name mirrors and certificates, without what would lead the installers astray."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    environment |= {"PIP_USER": "0", "UV_PYTHON_DOWNLOADS": "never"}
    home = Path(environment.get("HOME") or "/nonexistent")
    if not os.access(home, os.W_OK) and "UV_CACHE_DIR" not in environment and "XDG_CACHE_HOME" not in environment:
        environment["UV_CACHE_DIR"] = str(TOOLS / "cache")
    return environment


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
