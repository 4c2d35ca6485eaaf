import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from governance.embedded.state import StateFolder
from governance.embedded.valkey import Valkey


@pytest.fixture
def server(state: StateFolder) -> Iterator[Valkey]:
    sockets = Path(tempfile.mkdtemp(prefix="gov-", dir="/tmp"))
    server = Valkey(state=state.path, sockets=sockets)
    yield server
    server.stop()
    shutil.rmtree(sockets)


def _client(server: Valkey) -> redis.Redis:
    return redis.Redis.from_url(server.url)


def test_it_is_reached_by_its_socket_alone(server: Valkey) -> None:
    server.start()

    with _client(server) as client:
        settings = client.config_get()

    assert (settings["port"], settings["unixsocketperm"]) == ("0", "700")
    assert settings["maxmemory-policy"] == "noeviction"


def test_the_queue_survives_a_kill(server: Valkey) -> None:
    server.start()
    with _client(server) as client:
        client.rpush("queue", *range(1_000))
    assert server.process is not None
    server.process.kill()
    server.process.wait()

    server.start()

    with _client(server) as client:
        assert client.lrange("queue", 0, -1) == [str(number).encode() for number in range(1_000)]


def test_a_server_that_was_left_running_is_stopped_first(server: Valkey, state: StateFolder) -> None:
    """Two servers on one append-only file would ruin it."""
    server.start()
    with _client(server) as client:
        client.set("kept", "7")
    assert server.process is not None
    successor = Valkey(state=state.path, sockets=server.socket.parent)

    successor.start()
    try:
        assert server.process.wait(10) == 0
        with _client(successor) as client:
            assert client.get("kept") == b"7"
    finally:
        successor.stop()


def test_a_note_that_names_a_stranger_harms_neither(server: Valkey) -> None:
    server.start()
    server.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (server.data / "server").write_text(f"{stranger.pid} {server.socket}")

        server.start()

        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_emptying_the_cache_leaves_the_queue(server: Valkey) -> None:
    server.start()
    queue = redis.Redis(unix_socket_path=str(server.socket), db=1)
    with _client(server) as cache, queue:
        queue.rpush("default", "task")
        cache.flushdb()
        assert queue.llen("default") == 1
