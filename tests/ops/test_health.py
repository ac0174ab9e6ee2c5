"""The health check of an image: 0 while the web server beside it answers, 1 otherwise, within seconds."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from finetune.ops.health import health


class Answer(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        assert self.path == "/healthz"
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        pass


@pytest.mark.parametrize(("status", "expected"), [(200, 0), (503, 1)])
def test_it_says_what_the_server_says(monkeypatch: pytest.MonkeyPatch, status: int, expected: int):
    monkeypatch.setattr(Answer, "status", status)
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        # A host of all addresses is asked on this machine.
        assert health({"HOST": "0.0.0.0", "PORT": str(server.server_port)}) == expected
        thread.join()


def test_nobody_there_is_not_healthy(capsys: pytest.CaptureFixture[str]):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert health({"PORT": str(nobody.getsockname()[1])}) == 1
    assert "/healthz does not answer" in capsys.readouterr().err
    assert health({"PORT": "a door"}) == 1
