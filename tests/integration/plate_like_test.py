"""plate_like over cities whose truth is known: every near misread is found, the plate that was meant
stands first or among the first, and probabilities are what they say.

Usage: plate_like_test.py [--seeds N] [--sightings N] [--questions N] [--seed N]

The cities are `sightline simulate`'s and one whose cameras err in ways of their own
(misread_city.py). What was wrongly read is known from the truth alone; the server never sees it.
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

from filter_model import normalized, plate_distance, plates_near
from misread_city import MisreadCity
from sightline_server import BIN, Server, environment

SEEDS = 2
SIGHTINGS = 150_000
QUESTIONS = 400  # of each kind, a city
SEED = None

MOST_CHANGES = 2
BATCH = 20_000
FIRST = 3  # the right plate is among so many
DECILES = 10
SEALING = ("--seal-rows", 40_000, "--seal-idle-ms", 500)


class Reading:
    __slots__ = ("id", "read", "true")

    def __init__(self, id_, read, true):
        self.id = id_
        self.read = read
        self.true = true


def lines_of(path):
    return path.read_bytes().splitlines(keepends=True)


def simulated_city(seed):
    """Cameras, lines of sightings, a Reading for each that was read, and the vehicles' plates."""
    with tempfile.TemporaryDirectory(prefix="sightline-test-") as folder:
        subprocess.run(
            [BIN / "sightline", "simulate", "--sightings", str(SIGHTINGS), "--days", "3"]
            + ["--seed", str(seed), "--vectors", "none", "--no-gzip", "--quiet", "--out", folder],
            check=True,
            env=environment(),
        )
        folder = pathlib.Path(folder)
        cameras = [json.loads(line) for line in lines_of(folder / "cameras.ndjson")]
        lines = lines_of(folder / "sightings.ndjson")
        truth, plates = {}, set()
        for line in lines_of(folder / "truth.ndjson"):
            record = json.loads(line)
            if record["record"] == "reading":
                truth[record["camera_id"], record["source_id"]] = record["plate"]
            elif record["record"] == "vehicle":
                plates.add(record["plate"])
    readings = []
    for line in lines:
        sighting = json.loads(line)
        key = sighting["camera_id"], sighting["source_id"]
        if "plate" in sighting:
            readings.append(Reading(key, normalized(sighting["plate"]), truth[key]))
    return cameras, lines, readings, plates


def city_of_our_own(dice):
    city = MisreadCity(dice)
    readings = [
        Reading((sighting["camera_id"], sighting["source_id"]), sighting["plate"], plate)
        for sighting, plate in city.readings
    ]
    return city.cameras, city.lines(), readings, set(city.plates)


class Reliability:
    """How often what was called so likely was so."""

    def __init__(self):
        self.bins = [[0, 0.0, 0] for _ in range(DECILES)]  # rows, sum of probabilities, true ones

    def add(self, probability, true):
        each = self.bins[min(DECILES - 1, int(probability * DECILES))]
        each[0] += 1
        each[1] += probability
        each[2] += true

    def expected_calibration_error(self):
        rows = sum(each[0] for each in self.bins)
        return sum(abs(said - true) for _, said, true in self.bins) / rows

    def __str__(self):
        return " ".join(
            f"{said / rows:.2f}:{true / rows:.2f}({rows})" for rows, said, true in self.bins if rows
        )


class PlateLike(unittest.TestCase):
    def setUp(self):
        self.seed = SEED if SEED is not None else random.SystemRandom().randrange(2**32)
        print(f"seed {self.seed}", flush=True)
        self.dice = random.Random(self.seed)

    def fill(self, cameras, lines):
        self.server = self.enterContext(Server(SEALING))
        self.connection = self.server.connect()
        self.addCleanup(lambda: self.connection.close())
        self.assertEqual(self.connection.post("/v1/cameras", cameras).status, 200)
        for first in range(0, len(lines), BATCH):
            body = b"".join(lines[first : first + BATCH])
            reply = self.connection.post("/v1/sightings", body, content_type="application/x-ndjson")
            self.assertEqual((reply.status, reply.json()["rejected"]), (200, 0))

    def learn(self):
        """The server learns when it starts; waits for that, and tells what it found."""
        self.server.restart()
        deadline = time.monotonic() + 120
        while '"plate_learning.learned"' not in self.server.log_text():
            self.assertLess(time.monotonic(), deadline, "the server did not learn")
            time.sleep(0.05)
        self.connection.close()
        self.connection = self.server.connect()
        learned = [line for line in self.server.log_text().splitlines() if "learned" in line]
        return json.loads(learned[-1])

    def ask(self, text, limit=10_000):
        like = {"text": text, "max_distance": MOST_CHANGES}
        reply = self.connection.post(
            "/v1/search/sightings", {"filter": {"plate_like": like}, "limit": limit}
        )
        self.assertEqual(reply.status, 200, reply.body)
        return reply.json()["sightings"]

    def run_over(self, name, city, least=0.95):
        """`least`: the share of misreads whose plate is among the first three strings, which may be
        misreads too."""
        cameras, lines, readings, plates = city
        self.fill(cameras, lines)
        self.true_of = {each.id: each.true for each in readings}
        self.reliability = Reliability()
        misread = [
            each
            for each in readings
            if each.read != each.true
            and plate_distance(each.true, each.read, MOST_CHANGES) <= MOST_CHANGES
        ]
        learned = self.learn()
        found = self.check_true_plates(readings, misread)
        among = self.check_misreads(misread, plates, least)
        error = self.reliability.expected_calibration_error()
        print(
            f"{name}: {len(readings)} readings, {len(misread)} misreads within {MOST_CHANGES}; "
            f"learned {learned['misreads']:.0f} of {learned['readings']:.0f}; "
            f"{found}; {among}; expected calibration error {error:.3f}; "
            f"said:was(rows) {self.reliability}",
            flush=True,
        )
        self.assertLessEqual(error, 0.05)

    def judge(self, rows, meant):
        """Whether the first page's rows are of the plate that was meant as often as they say."""
        for row in rows[:100]:
            true = self.true_of[row["camera_id"], row["source_id"]]
            self.reliability.add(row["match"]["probability"], true == meant)

    def check_true_plates(self, readings, misread):
        """Asked with the true plate: all its misreads are there, its own rows first."""
        of_plate = collections.defaultdict(list)
        for each in misread:
            of_plate[each.true].append(each)
        own = collections.Counter(each.read for each in readings)
        asked = self.dice.sample(sorted(of_plate), min(QUESTIONS, len(of_plate)))
        wanted = found = first = with_own = 0
        for plate in asked:
            rows = self.ask(plate)
            ids = {(row["camera_id"], row["source_id"]) for row in rows}
            wanted += len(of_plate[plate])
            found += sum(each.id in ids for each in of_plate[plate])
            with_own += own[plate] > 0
            leading = [row["plate"] for row in rows[: own[plate]]]
            first += own[plate] > 0 and leading == [plate] * own[plate]
            self.judge(rows, plate)
        self.assertGreater(wanted, QUESTIONS / 2)
        self.assertEqual(found, wanted)
        self.assertGreaterEqual(first, 0.99 * with_own)
        return f"{found} of {wanted} found, own rows first for {first} of {with_own} plates"

    def check_misreads(self, misread, plates, least):
        """Asked with the misread, where several real plates are near: the true one is among the
        first."""
        several = []
        for each in self.dice.sample(misread, len(misread)):
            if each.read not in plates and len(plates_near(plates, each.read, MOST_CHANGES)) > 1:
                several.append(each)
            if len(several) == QUESTIONS:
                break
        listed = of_rows = of_real = 0
        for each in several:
            parameters = {"like": each.read, "max_distance": MOST_CHANGES, "limit": 50}
            path = "/v1/plates?" + urllib.parse.urlencode(parameters)
            answer = self.connection.get(path).json()
            strings = [plate["plate"] for plate in answer["plates"]]
            listed += each.true in strings[:FIRST]
            of_real += each.true in [plate for plate in strings if plate in plates][:FIRST]
            rows = self.ask(each.read)
            of_rows += each.true in list(dict.fromkeys(row["plate"] for row in rows))[:FIRST]
            self.judge(rows, each.true)
        self.assertGreater(len(several), 50)
        self.assertGreaterEqual(of_real, 0.95 * len(several))
        self.assertGreaterEqual(listed, least * len(several))
        self.assertGreaterEqual(of_rows, least * len(several))
        return (
            f"of {len(several)} misreads {listed} among the first {FIRST} strings listed, {of_rows} "
            f"of the rows', {of_real} among the first {FIRST} plates of vehicles"
        )

    def test_simulated_cities(self):
        for number in range(SEEDS):
            with self.subTest(number):
                seed = self.dice.randrange(1_000_000)
                self.run_over(f"simulated city {seed}", simulated_city(seed))

    def test_city_of_our_own(self):
        # Harder than any real one: a third of its plates are a character or two from another, and a
        # quarter of what its cameras change is anything for anything.
        self.run_over("city of our own", city_of_our_own(self.dice), least=0.9)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--sightings", type=int, default=SIGHTINGS)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--seed", type=int)
    parser.add_argument("tests", nargs="*")
    arguments = parser.parse_args()
    SEEDS, SIGHTINGS = arguments.seeds, arguments.sightings
    QUESTIONS, SEED = arguments.questions, arguments.seed
    unittest.main(argv=[sys.argv[0], *arguments.tests])
