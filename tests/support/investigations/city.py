"""A simulated city: made once for a set of options, and read back with the truth beside it."""

import collections
import datetime
import gzip
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

DAY_MS = 86_400_000


def milliseconds(text):
    """Of a time as answers and truth write it."""
    return round(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def rfc3339(ms):
    at = datetime.datetime.fromtimestamp(ms / 1000, datetime.UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def lon_lat(place):
    return (place["lon"], place["lat"]) if place else None


def lines_of(path):
    """The objects of an NDJSON file, .gz too."""
    opened = gzip.open if Path(path).suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


class TrueReading:
    """What the truth says of one stored sighting."""

    __slots__ = ("vehicle", "trip", "time", "misread", "joint")

    def __init__(self, record):
        self.vehicle = record["vehicle"]
        self.trip = record["trip"]
        self.time = milliseconds(record["time"])  # the true one
        self.misread = bool(record.get("misread") or record.get("unread"))
        self.joint = bool(record.get("joint"))


class Truth:
    """The truth file in memory, some 400 bytes a reading."""

    def __init__(self, path):
        self.cameras = {}
        self.vehicles = []
        self.clones = {}  # plate -> record
        self.convoys = []
        self.readings = {}  # (camera_id, source_id) -> TrueReading
        names = {}
        for record in lines_of(path):
            kind = record["record"]
            if kind == "reading":
                camera = names.setdefault(record["camera_id"], record["camera_id"])
                self.readings[camera, record["source_id"]] = TrueReading(record)
            elif kind == "camera":
                self.cameras[record["camera_id"]] = record
            elif kind == "vehicle":
                self.vehicles.append(record)
            elif kind == "clone":
                self.clones[record["plate"]] = record
            elif kind == "convoy":
                self.convoys.append(record)
            elif kind == "simulation":
                self.simulation = record

    def bearers(self):
        """Vehicles by the plate that they truly bear."""
        bearers = collections.defaultdict(set)
        for vehicle in self.vehicles:
            bearers[vehicle["plate"]].add(vehicle["vehicle"])
        return bearers

    def is_honest(self, camera_id):
        """Neither a wrong clock nor a wrong position, and it stands still."""
        camera = self.cameras[camera_id]
        return not ("clock_offset_ms" in camera or camera.get("wrong_position")
                    or camera.get("mobile"))


class City:
    """Made by `sightline simulate` with `options` in a folder under `work`, and kept there.

    `form`: "data", a data directory as a server takes it; or "files", NDJSON to send.
    """

    def __init__(self, binaries, work, options, form="data"):
        self.options = [str(option) for option in options]
        self.name = " ".join(self.options)
        digest = hashlib.sha256(f"{form} {self.name}".encode()).hexdigest()[:12]
        self.directory = Path(work) / f"city-{digest}"
        self.data = self.directory / "data"
        self.truth_file = self.directory / "truth.ndjson.gz"
        done = self.directory / "options.txt"
        if not done.exists():
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory.mkdir(parents=True)
            out = (["--data", self.data, "--no-graphs"] if form == "data"
                   else ["--out", self.directory])
            command = [Path(binaries) / "sightline", "--quiet", "simulate", *self.options, *out,
                       "--truth", self.truth_file]
            subprocess.run(list(map(str, command)), check=True, stdin=subprocess.DEVNULL)
            done.write_text(self.name + "\n")
        self._truth = None

    @classmethod
    def of(cls, given, seed, vectors, form):
        """As the command line says."""
        return cls(given.binaries, given.work,
                   ["--vehicles", given.vehicles, "--days", given.days, "--seed", seed,
                    "--vectors", vectors, *given.simulate_option], form)

    @property
    def truth(self):
        if self._truth is None:
            self._truth = Truth(self.truth_file)
        return self._truth

    def release(self, given):
        """At the end of a step."""
        if given.discard:
            shutil.rmtree(self.directory)
