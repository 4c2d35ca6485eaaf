import subprocess

import redis

from governance.embedded.state import StateFolder
from governance.embedded.valkey import Valkey


def _client(valkey: Valkey) -> redis.Redis:
    return redis.Redis.from_url(valkey.url)


def test_it_is_reached_by_its_socket_alone(valkey: Valkey) -> None:
    valkey.start()

    with _client(valkey) as client:
        settings = client.config_get()

    assert (settings["port"], settings["unixsocketperm"]) == ("0", "700")
    assert settings["maxmemory-policy"] == "noeviction"


def test_the_queue_survives_a_kill(valkey: Valkey) -> None:
    valkey.start()
    with _client(valkey) as client:
        client.rpush("queue", *range(1_000))
    assert valkey.process is not None
    valkey.process.kill()
    valkey.process.wait()

    valkey.start()

    with _client(valkey) as client:
        assert client.lrange("queue", 0, -1) == [str(number).encode() for number in range(1_000)]


def test_a_server_that_was_left_running_is_stopped_first(valkey: Valkey, state: StateFolder) -> None:
    """Two servers on one append-only file would ruin it."""
    valkey.start()
    with _client(valkey) as client:
        client.set("kept", "7")
    assert valkey.process is not None
    successor = Valkey(state=state.path, sockets=valkey.socket.parent)

    successor.start()
    try:
        assert valkey.process.wait(10) == 0
        with _client(successor) as client:
            assert client.get("kept") == b"7"
    finally:
        successor.stop()


def test_a_note_that_names_a_stranger_harms_neither(valkey: Valkey) -> None:
    valkey.start()
    valkey.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (valkey.data / "server").write_text(f"{stranger.pid} {valkey.socket}")

        valkey.start()

        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_emptying_the_cache_leaves_the_queue(valkey: Valkey) -> None:
    valkey.start()
    queue = redis.Redis(unix_socket_path=str(valkey.socket), db=1)
    with _client(valkey) as cache, queue:
        queue.rpush("default", "task")
        cache.flushdb()
        assert queue.llen("default") == 1
