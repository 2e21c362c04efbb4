"""Where the rows come from: the simulator, or a file of real ones."""

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

    def fill(self, ingest, sightline):
        """All rows into a server that runs, over HTTP."""
        with self.rows() as rows:
            run([ingest, "--to", "sightline", "--port", sightline.port, "--token-file",
                 sightline.token_file, "--stream", "--connections", 3], stdin=rows)
