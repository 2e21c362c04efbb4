"""Where the rows come from: the simulator, or a file."""

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path

from .processes import run


class FileCity:
    """Sightings and cameras that are there as NDJSON; the sightings may be gzip."""

    def __init__(self, rows_file, cameras_file):
        self.rows_file = Path(rows_file)
        self.cameras_file = Path(cameras_file)
        self.name = self.rows_file.name

    def cameras(self):
        return [json.loads(line) for line in self.cameras_file.read_text("utf-8").splitlines() if line]

    @contextmanager
    def rows(self):
        """A file of NDJSON to read from."""
        unpack = "zcat" if self.rows_file.suffix == ".gz" else "cat"
        with subprocess.Popen([unpack, str(self.rows_file)], stdout=subprocess.PIPE) as process:
            yield process.stdout
            process.stdout.close()

    def load(self, sightline, ingest):
        """All cameras and rows into a server, over HTTP. It is left stopped."""
        with sightline, self.rows() as rows:
            sightline.put_cameras(self.cameras())
            run([ingest, "--to", "sightline", "--port", sightline.port, "--token-file",
                 sightline.token_file, "--stream", "--connections", 3], stdin=rows)


class SimulatedCity:
    """`sightline simulate`: the same bytes each time that it is asked."""

    def __init__(self, program, work, sightings, days, cameras, vehicles):
        # The same cameras and seed, whatever the size: a smaller city holds the same tracks.
        self.options = ["--sightings", sightings, "--days", days, "--cameras", cameras,
                        "--vehicles", vehicles]
        self.program = [program, "--quiet", "simulate"]
        self.work = Path(work)
        self.count = cameras
        self.name = "simulate " + " ".join(map(str, self.options))

    def cameras(self):
        directory = self.work / f"cameras-{self.count}"
        if not (directory / "cameras.ndjson").exists():
            run([*self.program, "--vehicles", 1, "--days", 1, "--cameras", self.count, "--no-truth",
                 "--out", directory])
        text = (directory / "cameras.ndjson").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    @contextmanager
    def rows(self):
        command = [str(part) for part in [*self.program, *self.options, "--out", "-"]]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            yield process.stdout
            process.stdout.close()

    def load(self, sightline, _):
        """All cameras and rows into the data directory of a server that does not run."""
        run([*self.program, *self.options, "--data", sightline.data])
