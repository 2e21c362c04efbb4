"""`sightline export`: what is imported elsewhere is equal, and a cut-off export goes on."""

import gzip
import hashlib
import json
import random
import socket
import threading
import time
import unittest

from sightline_server import Server

ROWS = 40_000
CAMERAS = [
    {"id": f"K-{number}", "location": {"lon": 114 + number / 100, "lat": 22.5}}
    for number in range(20)
]
SEALING = ("--seal-rows", 4_000, "--seal-idle-ms", 100)


def sightings(dice):
    for number in range(ROWS):
        sighting = {
            "camera_id": dice.choice(CAMERAS)["id"],
            # Few instants, so that many rows share one with the place where an export is cut.
            "time": 1_709_596_800_000 + dice.randrange(300) * 600_000,
            "source_id": f"s{number}",
            "attributes": {"color": dice.choice(["red", "gray"]), "n": number / 7},
            "image": f"https://pictures.example/{dice.getrandbits(128):032x}.jpg",
        }
        if dice.random() < 0.95:
            sighting["plate"] = f"粤b·{dice.randrange(3000):05}"
            sighting["plate_confidence"] = round(dice.random(), 3)
        if dice.random() < 0.05:
            sighting["vectors"] = {"vehicle": "A" * 171 + "="}
        yield sighting


class FaultyProxy:
    """Passes bytes on to a server. Answers longer than `most` bytes are cut there, or stall."""

    def __init__(self, port, stalls=False):
        self.port = port
        self.stalls = stalls
        self.most = None  # None: all
        self.faults = 0
        self.closed = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def close(self):
        self.closed.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.pass_on, args=(client,), daemon=True).start()

    def pass_on(self, client):
        with client, socket.create_connection(("127.0.0.1", self.port)) as server:
            asking = threading.Thread(target=self.copy, args=(client, server, None), daemon=True)
            asking.start()
            self.copy(server, client, self.most)
            asking.join()

    def copy(self, source, target, most):
        passed = 0
        try:
            while piece := source.recv(65536):
                passed += len(piece)
                if most is not None and passed > most:
                    self.faults += 1
                    if self.stalls:
                        self.closed.wait()
                    break
                target.sendall(piece)
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def without(row, *names):
    return {name: value for name, value in row.items() if name not in names}


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(SEALING))
        connection = cls.server.connect()
        connection.post("/v1/cameras", CAMERAS)
        sent = list(sightings(random.Random(5)))
        assert connection.post_sightings(sent).json()["accepted"] == ROWS
        rows = connection.search({"filter": {"plate": "粤B0001*"}, "limit": 100})
        for row in rows[:20]:
            patch = {"plate": "粤B99999", "attributes": {"color": "green"}}
            assert connection.request("PATCH", f"/v1/sightings/{row['id']}", patch).status == 200
        connection.close()

    def export(self, name, *arguments, **variables):
        return self.server.command("export", "--out", name, *arguments, **variables)

    def exported(self, name):
        path = self.server.directory / name
        opened = gzip.open(path) if name.endswith(".gz") else open(path, "rb")
        with opened as file:
            return [json.loads(line) for line in file]

    def everything(self, **filter_):
        connection = self.server.connect()
        rows = connection.stream({"filter": filter_, "order": "time_asc"})
        connection.close()
        return rows

    def test_imported_elsewhere_it_is_equal(self):
        run = self.export("all.ndjson.gz", "--include", "vectors")
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = self.exported("all.ndjson.gz")
        self.assertGreaterEqual(len(rows), ROWS)
        with Server(SEALING) as other:
            connection = other.connect()
            connection.post("/v1/cameras", CAMERAS)
            file = self.server.directory / "all.ndjson.gz"
            imported = other.command("import", file)
            self.assertEqual(imported.returncode, 0, imported.stderr)
            there = connection.stream({"order": "time_asc"})
            self.assertEqual(len(there), len(rows))
            again = other.command("export", "--out", "again.ndjson.gz", "--include", "vectors")
            self.assertEqual(again.returncode, 0, again.stderr)
            with gzip.open(other.directory / "again.ndjson.gz") as back:
                copies = [json.loads(line) for line in back]
            connection.close()
        # Ids, the moment of receiving and who corrected are the store's own.
        ignored = ("received", "corrected")
        self.assertEqual(
            [without(row, *ignored) for row in rows], [without(row, *ignored) for row in copies]
        )

    def test_the_manifest_says_what_the_file_holds(self):
        run = self.export("red.ndjson", "--attribute", "color=red", "--camera", "K-1")
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = self.exported("red.ndjson")
        expected = self.everything(attributes={"color": "red"}, cameras=["K-1"])
        self.assertEqual(rows, expected)
        manifest = json.loads((self.server.directory / "red.ndjson.manifest.json").read_text())
        content = (self.server.directory / "red.ndjson").read_bytes()
        self.assertEqual(manifest["rows"], len(rows))
        self.assertEqual(manifest["bytes"], len(content))
        self.assertEqual(manifest["sha256"], hashlib.sha256(content).hexdigest())
        self.assertEqual(manifest["filter"], {"cameras": ["K-1"], "attributes": {"color": ["red"]}})
        again = self.export("red.ndjson", "--attribute", "color=red", "--camera", "K-1")
        self.assertNotEqual(again.returncode, 0)  # nothing is overwritten
        self.assertEqual((self.server.directory / "red.ndjson").read_bytes(), content)

    def proxy(self, **named):
        proxy = FaultyProxy(self.server.port, **named)
        self.addCleanup(proxy.close)
        return proxy

    def test_a_broken_connection_is_gone_on_with(self):
        before = self.everything()
        proxy = self.proxy()
        proxy.most = 400_000
        run = self.export("broken.ndjson", SIGHTLINE_URL=proxy.url)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertGreater(proxy.faults, 3)
        self.assertEqual(self.exported("broken.ndjson"), before)

    def test_a_killed_export_goes_on(self):
        for name in ("killed.ndjson", "killed.ndjson.gz"):
            with self.subTest(name):
                before = self.everything()
                proxy = self.proxy(stalls=True)
                rows = 0
                for number in range(2):
                    # Enough for another block of rows to become good.
                    proxy.most = int(0.4 * self.answer_bytes())
                    process = self.server.command_process(
                        "export", "--out", name, SIGHTLINE_URL=proxy.url
                    )
                    rows = self.wait_for_more_rows(name, rows)
                    process.kill()
                    process.communicate()
                    self.assertFalse((self.server.directory / name).exists())
                    self.change_something(f"{name}{number}")
                proxy.most = None
                run = self.export(name, SIGHTLINE_URL=proxy.url)
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertIn(f"Going on behind {rows:,} rows", run.stderr)
                self.assertEqual(self.exported(name), before)

    def wait_for_more_rows(self, name, before):
        """Until the export's state says that more rows are good; how many."""
        state = self.server.directory / f"{name}.state.json"
        deadline = time.monotonic() + 60
        while True:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
            if state.exists() and (rows := json.loads(state.read_text())["rows"]) > before:
                return rows

    def answer_bytes(self):
        """Of the whole answer on its way, as the command asks for it."""
        connection = self.server.connect()
        reply = connection.post(
            "/v1/search/sightings",
            {"order": "time_asc"},
            headers={"Accept": "application/x-ndjson"},
        )
        connection.close()
        return len(reply.body)

    def change_something(self, name):
        """What comes after the start of an export is not in it."""
        connection = self.server.connect()
        late = {"source_id": name, "camera_id": "K-1", "time": 1_709_596_800_000, "plate": "LATE1"}
        self.assertEqual(connection.post_sightings([late]).json()["accepted"], 1)
        row = connection.search({"filter": {"cameras": ["K-2"]}, "order": "time_asc"})[-1]
        patch = {"plate": "CHANGED", "attributes": {"by": name}}
        reply = connection.request("PATCH", f"/v1/sightings/{row['id']}", patch)
        self.assertEqual(reply.status, 200, reply.body)
        connection.close()

    def test_another_question_does_not_go_on_with_it(self):
        proxy = self.proxy()
        proxy.most = 1_000  # not even a row
        run = self.export("mixed.ndjson", "--camera", "K-3", SIGHTLINE_URL=proxy.url)
        self.assertNotEqual(run.returncode, 0)
        other = self.export("mixed.ndjson", "--camera", "K-4")
        self.assertNotEqual(other.returncode, 0)
        run = self.export("mixed.ndjson", "--camera", "K-3")
        self.assertNotEqual(run.returncode, 0)  # from another address it is another question, too
        proxy.most = None
        run = self.export("mixed.ndjson", "--camera", "K-3", SIGHTLINE_URL=proxy.url)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.exported("mixed.ndjson"), self.everything(cameras=["K-3"]))


if __name__ == "__main__":
    unittest.main()
