"""Random filters answer as the brute force does, row for row, while more is being ingested.

Usage: random_filters_test.py [--filters N] [--city-sightings N] [--seed N]
  --filters N         questions over all data sets (default 1,050)
  --city-sightings N  size of the simulated city (default 1,000,000)
"""

import argparse
import csv
import datetime
import gzip
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest
import zoneinfo

import real_data
from checked_answers import Answers, Arrivals
from filter_model import Model
from random_filters import FilterDice
from sightline_server import BIN, Server, environment, ndjson

FILTERS = 1_050
CITY_SIGHTINGS = 1_000_000
SEED = None

BATCH = 5_000
# Small, so that questions meet sealed segments, merged ones, and rows that are in none.
SEALING = ("--seal-rows", 5_000, "--seal-idle-ms", 1_000, "--max-segment-rows", 100_000)


def lines(path):
    opened = gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")
    with opened as file:
        return file.readlines()


def folder_of(path):
    """Cameras and the lines of sightings, as files in the form of the API hold them."""
    cameras = [json.loads(line) for line in lines(path / "cameras.ndjson")]
    return cameras, lines(next(path.glob("sightings.ndjson*")))


def seattle():
    """Readings with places of their own, or none, and no source ids."""
    zone = zoneinfo.ZoneInfo("America/Los_Angeles")
    sightings = []
    path = real_data.folder("seattle-alpr") / "spd-alpr-pub.csv.gz"
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file, delimiter="|"):
            local = datetime.datetime.strptime(row["dt"], "%m/%d/%Y - %H:%M:%S")
            sighting = {
                "camera_id": row["device"],
                "time": int(local.replace(tzinfo=zone).timestamp()) * 1000,
                "plate": row["plate_hash"],
            }
            if row["lon"] != "NA":
                sighting["location"] = {"lon": float(row["lon"]), "lat": float(row["lat"])}
            sightings.append(sighting)
    cameras = [{"id": each, "kind": "mobile"} for each in {row["camera_id"] for row in sightings}]
    return cameras, [ndjson([each]) for each in sightings]


def city(seed):
    with tempfile.TemporaryDirectory(prefix="sightline-test-") as folder:
        subprocess.run(
            [BIN / "sightline", "simulate", "--sightings", str(CITY_SIGHTINGS), "--days", "4"]
            + ["--seed", str(seed), "--vectors", "none", "--no-gzip", "--no-truth", "--quiet"]
            + ["--out", folder],
            check=True,
            env=environment(),
        )
        return folder_of(pathlib.Path(folder))


class RandomFilters(unittest.TestCase):
    def setUp(self):
        self.seed = SEED if SEED is not None else random.SystemRandom().randrange(2**32)
        print(f"seed {self.seed}", flush=True)

    def run_over(self, name, data, count):
        began = time.monotonic()
        cameras, sightings = data
        dice = random.Random(f"{self.seed} {name}")
        model = Model(cameras, sightings)
        server = self.enterContext(Server(SEALING))
        connection = server.connect()
        self.addCleanup(connection.close)
        self.assertEqual(connection.post("/v1/cameras", cameras).status, 200)
        for first in range(0, len(sightings), BATCH):
            body = b"".join(sightings[first : first + BATCH])
            reply = connection.post("/v1/sightings", body, content_type="application/x-ndjson")
            self.assertEqual((reply.status, reply.json()["rejected"]), (200, 0))
        arrivals = Arrivals(server.connect(), sightings, self.seed)
        answers = Answers(self, connection, model, dice, arrivals)
        drawn = FilterDice(model, dice, answers.corrected)
        ready = time.monotonic()
        arrivals.start()
        try:
            for number, filter_ in enumerate(drawn.filters(count)):
                question = drawn.question(filter_)
                try:
                    answers.check(question)
                except Exception:
                    print(f"{name}, question {number}: {json.dumps(question)}", flush=True)
                    raise
        finally:
            arrivals.stopping.set()
            arrivals.join()
        self.assertIsNone(arrivals.failure)
        print(
            f"{name}: {len(model.rows)} sightings, {count} filters, {answers.rows} rows compared; "
            f"meanwhile {arrivals.sent} arrived and {len(answers.corrected)} were corrected; "
            f"{ready - began:.0f} + {time.monotonic() - ready:.0f} s; "
            f"{connection.get('/v1/status').json()['index']}",
            flush=True,
        )

    def test_bay_area_cabs(self):
        self.run_over(
            "bay-area-cabs", folder_of(real_data.folder("bay-area-cabs")), FILTERS * 2 // 5
        )

    def test_seattle_alpr(self):
        self.run_over("seattle-alpr", seattle(), FILTERS * 1 // 5)

    def test_simulated_city(self):
        self.run_over("simulated city", city(self.seed % 1000), FILTERS * 2 // 5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--filters", type=int, default=FILTERS)
    parser.add_argument("--city-sightings", type=int, default=CITY_SIGHTINGS)
    parser.add_argument("--seed", type=int)
    parser.add_argument("tests", nargs="*")
    arguments = parser.parse_args()
    FILTERS = arguments.filters
    CITY_SIGHTINGS = arguments.city_sightings
    SEED = arguments.seed
    unittest.main(argv=[sys.argv[0], *arguments.tests])
