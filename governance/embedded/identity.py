"""Under whose name PostgreSQL runs. It refuses root, and it refuses a user whose number has no name; a container often
has no other.

user     an ordinary user: as we are.
userns   root, or a number without a name: in a user namespace in which we are called nobody. Nothing is copied, the data
         stay our own.
setuid   root where namespaces are not allowed: as nobody, with the data, and the programs if nobody cannot reach
         them, in a folder of nobody's own under /var/tmp.
"""

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from governance.embedded.errors import CannotStart

NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")


@dataclass(frozen=True)
class Identity:
    mode: str
    programs: Path
    data: Path
    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def run(self, program: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return _run([*self.prefix, self.programs / program, *arguments], user=self.user, group=self.group)

    def own(self, folder: Path) -> None:
        if self.user is not None and self.group is not None:
            os.chown(folder, self.user, self.group)


def choose(*, programs: Path, state: Path) -> Identity:
    if _has_a_name() and os.geteuid() != 0:
        return Identity("user", programs, state)
    if os.environ.get("GOVERNANCE_NO_USERNS") != "1" and _namespace_works(programs, state):
        return Identity("userns", programs, state, prefix=NAMESPACE)
    if os.geteuid() != 0:
        raise CannotStart(
            f"The user number {os.geteuid()} has no name on this machine, and PostgreSQL refuses to run without one.\n"
            "Give it an entry in /etc/passwd, or set DATABASE_URL and REDIS_URL to servers of yours."
        )
    return _as_nobody(programs, state)


def _has_a_name() -> bool:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True


def home_of_nobody(state: Path) -> Path:
    """Where the data of a state folder lie in the mode `setuid`. Its owner is checked before it is used."""
    name = f"governance-{hashlib.sha256(str(state).encode()).hexdigest()[:12]}"
    return Path("/var/tmp") / name  # noqa: S108 -- the owner is checked


def environment() -> dict[str, str]:
    """What PostgreSQL's programs see: nothing of the caller's locale, PG* or library settings."""
    kept = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
    return kept | {"LC_ALL": "C", "HOME": "/"}


def major_version(programs: Path) -> int:
    told = _run([programs / "postgres", "--version"]).stdout
    found = re.search(r"(\d+)", told)
    if not found:
        raise CannotStart(f"{programs / 'postgres'} does not run: {told.strip() or 'no answer'}")
    return int(found[1])


def _namespace_works(programs: Path, state: Path) -> bool:
    """Also false where the folders belong to another user: in the namespace, root has lost its power over them."""
    if not shutil.which(NAMESPACE[0]):
        return False
    reach = 'test -w "$1" && exec "$2" --version'
    return _run([*NAMESPACE, "sh", "-c", reach, "sh", state, programs / "postgres"]).returncode == 0


def _as_nobody(programs: Path, state: Path) -> Identity:
    nobody = pwd.getpwnam("nobody")
    home = home_of_nobody(state)
    home.mkdir(mode=0o700, exist_ok=True)
    found = home.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (0, nobody.pw_uid):
        raise CannotStart(f"{home} belongs to somebody else. Remove it, or name another folder with GOVERNANCE_STATE.")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    home.chmod(0o700)
    reached = _run([programs / "postgres", "--version"], user=nobody.pw_uid, group=nobody.pw_gid)
    if reached.returncode != 0:
        programs = _copied(programs, home, owner=(nobody.pw_uid, nobody.pw_gid))
    return Identity("setuid", programs, home, user=nobody.pw_uid, group=nobody.pw_gid)


def _copied(programs: Path, home: Path, *, owner: tuple[int, int]) -> Path:
    """Copy a wheel's programs. They find their libraries by a relative path, so the layout is kept:
    PACKAGE/pginstall/bin beside PACKAGE.libs."""
    package = programs.parent.parent
    version = _run([programs / "postgres", "--version"]).stdout
    target = home / f"programs-{hashlib.sha256(f'{package}{version}'.encode()).hexdigest()[:12]}"
    if not target.exists():
        draft = target.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(package, draft / package.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        for path in (draft, *draft.rglob("*")):
            os.chown(path, *owner, follow_symlinks=False)
        draft.rename(target)
    return target / package.name / programs.parent.name / programs.name


def _run(
    command: Sequence[str | Path], *, user: int | None = None, group: int | None = None
) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            [str(part) for part in command],
            env=environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
        )
    except OSError as problem:
        return subprocess.CompletedProcess(list(command), 127, stdout=str(problem))
