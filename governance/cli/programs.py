"""The product's own processes and how each is started and stopped. `docker-compose.yml` starts the same ones."""

import signal
import socket
import sys
from pathlib import Path

from governance.cli.supervisor import Program
from governance.embedded.errors import CannotStart

HOST = "127.0.0.1"
QUEUES = "default,sweeps"


def listen(port: int) -> socket.socket:
    """The web server's socket, taken before anything else is started; port 0 is any free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as problem:
        listener.close()
        raise CannotStart(
            f"Port {port} on {HOST} is taken ({problem.strerror}). Name another one: ./run demo --port {port + 1}"
        ) from problem
    return listener


def address(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def web(environment: dict[str, str], logs: Path, listener: socket.socket) -> Program:
    """One process with threads: its figures at /metrics are then those of the whole site."""
    number = listener.fileno()
    options = ["--bind", f"fd://{number}", "--workers", "1", "--threads", "8", "--graceful-timeout", "5"]
    return _program("web", ["gunicorn", "governance.wsgi", *options, "--no-control-socket"], environment, logs, number)


def worker(environment: dict[str, str], logs: Path) -> Program:
    """Stopped by SIGQUIT: it finishes what it can in ten seconds and gives the rest back to the queue."""
    options = ["--concurrency", "2", "--queues", QUEUES, "--without-gossip", "--without-mingle"]
    return _program("worker", ["celery", "-A", "governance", "worker", *options], environment, logs, ask=signal.SIGQUIT)


def beat(environment: dict[str, str], logs: Path) -> Program:
    return _program("beat", ["celery", "-A", "governance", "beat"], environment, logs)


def _program(
    name: str,
    module: list[str],
    environment: dict[str, str],
    logs: Path,
    *pass_fds: int,
    ask: signal.Signals = signal.SIGTERM,
) -> Program:
    return Program(
        name=name,
        command=(sys.executable, "-m", *module),
        environment=environment,
        log=logs / f"{name}.log",
        stop_signal=ask,
        pass_fds=pass_fds,
    )
