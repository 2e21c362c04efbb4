"""A real server for black-box tests: started on a data directory, asked over HTTP, stopped, killed.

Shares no code with the server: Python's standard library only. The programs are taken from
SIGHTLINE_BIN (set by ctest; else build/release/bin).
"""

import dataclasses
import http.client
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("SIGHTLINE_BIN", REPOSITORY / "build/release/bin"))
PURPOSE = "integration test"


@dataclasses.dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment():
    """This process's environment without settings that a server or client would take up."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SIGHTLINE_")}


class Connection:
    """One keep-alive connection with a token. Not for sharing between threads."""

    def __init__(self, port, token):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.token = token

    def close(self):
        self.http.close()

    def request(self, method, path, body=None, content_type="application/json", headers=None):
        """`body`: bytes, a JSON value, or an iterator of pieces (sent chunked)."""
        all_headers = {"Authorization": f"Bearer {self.token}", "X-Purpose": PURPOSE}
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        if body is not None:
            all_headers["Content-Type"] = content_type
        all_headers.update(headers or {})
        self.reopen_if_closed()
        self.http.request(method, path, body, all_headers)
        answer = self.http.getresponse()
        return Reply(answer.status, answer.headers, answer.read())

    def reopen_if_closed(self):
        """Between two requests the server closes a connection that has been idle for long."""
        if self.http.sock and select.select([self.http.sock], [], [], 0)[0]:
            self.http.close()

    def get(self, path, **named):
        return self.request("GET", path, **named)

    def post(self, path, body, **named):
        return self.request("POST", path, body, **named)

    def post_sightings(self, sightings, **named):
        """`sightings`: a list of objects, sent as NDJSON."""
        return self.post(
            "/v1/sightings", ndjson(sightings), content_type="application/x-ndjson", **named
        )

    def search(self, body):
        """The whole answer, page after page."""
        rows = []
        token = None
        while True:
            reply = self.post(
                "/v1/search/sightings", body | ({"page_token": token} if token else {})
            )
            assert reply.status == 200, (reply.status, reply.body)
            answer = reply.json()
            rows += answer["sightings"]
            token = answer.get("next_page_token")
            if not token:
                return rows

    def stream(self, body, parameters=""):
        """The whole answer as one NDJSON stream. `parameters`: of the URL, "?include=vectors"."""
        path = "/v1/search/sightings" + parameters
        reply = self.post(path, body, headers={"Accept": "application/x-ndjson"})
        assert reply.status == 200, (reply.status, reply.body)
        return [json.loads(line) for line in reply.body.splitlines()]


def ndjson(objects):
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects).encode()


class Server:
    """One data directory and, while it runs, the server on it. A context manager."""

    def __init__(self, options=()):
        self.options = [str(option) for option in options]
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="sightline-test-"))
        self.data = self.directory / "data"
        self.token_file = self.directory / "token"
        self.log = self.directory / "server.log"
        self.port = free_port()
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, exception_type, *_):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        if exception_type is not None:
            print("--- the end of the server's log ---", self.log_text()[-4000:], sep="\n")
        shutil.rmtree(self.directory)

    def start(self):
        """Returns the seconds until it was ready to answer."""
        began = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [
                    BIN / "sightline-server",
                    "--data",
                    self.data,
                    "--listen",
                    f"127.0.0.1:{self.port}",
                    "--admin-token-file",
                    self.token_file,
                    *self.options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(),
            )
        while not self.ready():
            if self.process.poll() is not None:
                raise RuntimeError(
                    f"the server left with {self.process.returncode}:\n{self.log_text()}"
                )
            if time.monotonic() - began > 60:
                raise RuntimeError(f"the server is not ready after 60 s:\n{self.log_text()}")
            time.sleep(0.01)
        return time.monotonic() - began

    def ready(self):
        probe = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            probe.request("GET", "/readyz")
            return probe.getresponse().status == 200
        except OSError:
            return False
        finally:
            probe.close()

    def kill(self):
        """As a power cut would end it."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """In good order; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def restart(self):
        status = self.stop()
        assert status == 0, f"the server left with {status}:\n{self.log_text()}"
        return self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self):
        return self.token_file.read_text().strip()

    def connect(self):
        return Connection(self.port, self.token)

    def command(self, *arguments, **variables):
        """Runs the command line against this server. `variables` add to its environment."""
        process = self.command_process(*arguments, **variables)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def command_process(self, *arguments, **variables):
        """The same, running."""
        settings = {
            "SIGHTLINE_URL": self.url,
            "SIGHTLINE_TOKEN_FILE": str(self.token_file),
            "SIGHTLINE_PURPOSE": PURPOSE,
            "XDG_STATE_HOME": str(self.directory),
        }
        return subprocess.Popen(
            [BIN / "sightline", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment() | settings | variables,
            cwd=self.directory,
        )

    def wait_until_sealed(self):
        """Until every day's rows are in segments of the index, as far as they are now."""
        connection = self.connect()
        began = time.monotonic()
        while True:
            index = connection.get("/v1/status").json()["index"]
            if index["days_unsealed"] == 0:
                break
            if time.monotonic() - began > 60:
                raise RuntimeError(f"not sealed after 60 s: {index}\n{self.log_text()}")
            time.sleep(0.02)
        connection.close()
        return index

    def log_text(self):
        return self.log.read_text(errors="replace")

    def rss_anon_bytes(self):
        """Memory of its own, without mapped files and page cache."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no RssAnon in /proc")
