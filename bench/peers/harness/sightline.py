"""A Sightline server over a data directory."""

import http.client
import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

from .processes import disk_bytes, processor_seconds


class Sightline:
    """Started by `with`; stopped, but kept on disk, at its end."""

    def __init__(self, binaries, directory, port, options=()):
        self.binaries = Path(binaries)
        self.directory = Path(directory)
        self.data = self.directory / "data"
        self.token_file = self.directory / "token"
        self.port = port
        self.options = list(options)
        self.process = None

    def clear(self):
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.binaries / "sightline-server"), "--data", str(self.data),
                 "--listen", f"127.0.0.1:{self.port}", "--admin-token-file", str(self.token_file),
                 *self.options], stdout=log, stderr=log)
        for _ in range(6000):
            if self._ready():
                return
            if self.process.poll() is not None:
                raise SystemExit(f"the server did not start: see {self.directory}/server.log")
            time.sleep(0.1)
        raise SystemExit("the server was not ready after ten minutes")

    def _ready(self):
        try:
            return self._ask_once("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    def _ask_once(self, method, target, body=None, content_type="application/json"):
        headers = {"X-Purpose": "benchmark", "Content-Type": content_type}
        if self.token_file.exists():
            headers["Authorization"] = "Bearer " + self.token_file.read_text().strip()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask(self, method, target, body=None, content_type="application/json"):
        """The answer's JSON, or None where this server does not know such a call."""
        status, answer = self._ask_once(method, target, body, content_type)
        if status in (404, 405, 422):
            return None
        if status != 200:
            raise SystemExit(f"{method} {target}: {status} {answer[:500]}")
        return json.loads(answer)

    def put_cameras(self, cameras):
        lines = "".join(json.dumps(camera, ensure_ascii=False) + "\n" for camera in cameras)
        answer = self.ask("POST", "/v1/cameras", lines.encode(), "application/x-ndjson")
        if answer["rejected"]:
            raise SystemExit(f"cameras were rejected: {answer['errors'][:3]}")

    def settle(self):
        """Waits until the server has nothing to do: it uses next to no processor time."""
        quiet = 0
        while quiet < 3:
            before = processor_seconds(self.pid)
            time.sleep(1)
            quiet = quiet + 1 if processor_seconds(self.pid) - before < 0.05 else 0

    def disk_bytes(self):
        return disk_bytes(self.data)
