"""What the steps share: where things are, the peers, and the city that both hold."""

import hashlib
import itertools
import json
import socket
import subprocess
from functools import cached_property
from pathlib import Path

from .city import FileCity, SimulatedCity
from .postgres import Postgres
from .processes import run_json_lines, say
from .questions import DAY, City
from .sightline import Sightline

DATABASE = "city"
# A plate of seven characters with one changed shares 5 of 11 trigrams with the right one (0.45);
# fewer where a trigram stands in it twice.
ASKING = "options='-c pg_trgm.similarity_threshold=0.35 -c statement_timeout=10s'"
# Of a plate, on average: a city of 6 million plates that makes 30 million readings a day.
READINGS_A_DAY = 5


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.work = arguments.work
        self.work.mkdir(parents=True, exist_ok=True)
        self.binaries = Path(arguments.binaries)
        if arguments.rows_file:
            self.source = FileCity(arguments.rows_file, arguments.cameras_file)
        else:
            self.source = self.simulated(arguments.sightings, arguments.days, arguments.vehicles)

    def program(self, name):
        return self.binaries / name

    def simulated(self, sightings, days, vehicles=None):
        vehicles = vehicles or sightings // (READINGS_A_DAY * days)
        return SimulatedCity(self.program("sightline"), self.work, sightings, days,
                             self.arguments.cameras, vehicles)

    @cached_property
    def postgres(self):
        return Postgres(self.work / "postgres", free_port())

    def sightline(self, name="sightline"):
        return Sightline(self.binaries, self.work / name, free_port(),
                         self.arguments.server_option)

    # --- the city -----------------------------------------------------------------------------------

    @property
    def samples_file(self):
        return self.work / "samples.ndjson"

    @cached_property
    def _fingerprint(self):
        """Of the city, by what it is called and how it begins: another one is loaded anew."""
        with self.source.rows() as rows:
            beginning = b"".join(itertools.islice(rows, 1000))
        return {"name": self.source.name, "sha256": hashlib.sha256(beginning).hexdigest()}

    def _is_loaded(self, file):
        """Whether the peer that `file` speaks of holds this city."""
        return file.exists() and json.loads(file.read_text()).items() >= self._fingerprint.items()

    def description(self):
        return json.loads((self.work / "city.json").read_text())

    def prepare(self):
        """Both peers' data, unless they are there."""
        self.prepare_postgres()
        self.prepare_sightline()

    def prepare_sightline(self):
        done = self.work / "sightline.json"
        if self._is_loaded(done):
            return
        done.unlink(missing_ok=True)
        self.load(self.source, "sightline")
        done.write_text(json.dumps(self._fingerprint))

    def prepare_postgres(self):
        done = self.work / "city.json"
        if self._is_loaded(done):
            return
        done.unlink(missing_ok=True)
        cameras = self.source.cameras()
        with self.postgres as postgres:
            say(f"PostgreSQL: {self.source.name}")
            postgres.create_database(DATABASE, cameras)
            with self.source.rows() as rows:
                filled = run_json_lines(
                    [self.program("sightline-peers-fill"), "--postgres",
                     postgres.connection(DATABASE), "--samples", self.samples_file], stdin=rows)
            postgres.create_indexes(DATABASE)
            postgres.analyze(DATABASE)
            first, last = postgres.ask(
                DATABASE, "SELECT extract(epoch FROM min(time)) * 1000, "
                "extract(epoch FROM max(time)) * 1000 FROM sighting").split("\t")
        span = [int(float(first)) // DAY * DAY, (int(float(last)) // DAY + 1) * DAY]
        done.write_text(json.dumps({**self._fingerprint, "rows": filled[0]["rows"],
                                    "cameras": len(cameras), "span": span}))

    def load(self, source, name):
        """A city into a data directory that begins empty; what the server does with it besides,
        like making segments, is waited for."""
        say(f"Sightline: {source.name}")
        sightline = self.sightline(name)
        sightline.clear()
        sightline.directory.mkdir(parents=True)
        source.load(sightline, self.program("sightline-peers-ingest"))
        with sightline:
            sightline.settle()

    @cached_property
    def city(self):
        with open(self.samples_file, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        return City(rows, self.source.cameras(), self.description()["span"])

    def ask(self, suite, sightline, postgres, warm_up=10):
        """Asks both; a result for each kind."""
        questions = self.work / "questions.ndjson"
        suite.write(questions)
        command = [self.program("sightline-peers-ask"), "--questions", questions,
                   "--postgres", f"{postgres.connection(DATABASE)} {ASKING}", "--port", sightline.port,
                   "--token-file", sightline.token_file, "--warm-up", warm_up,
                   "--seconds-per-kind", self.arguments.seconds_per_kind]
        results = []
        with subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE,
                              text=True) as process:
            for line in process.stdout:
                results.append(json.loads(line))
                say(line.rstrip())
        if process.returncode:
            raise SystemExit("sightline-peers-ask failed")
        return results
