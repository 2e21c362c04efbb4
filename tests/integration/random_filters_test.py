"""Random filters answer as the brute force does, row for row, while more is being ingested.

Usage: random_filters_test.py [--filters N] [--city-sightings N] [--seed N]
  --filters N         questions over all data sets (default 1,050)
  --city-sightings N  size of the simulated city (default 1,000,000)
"""

import argparse
import collections
import csv
import datetime
import gzip
import itertools
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zoneinfo

import real_data
from filter_model import Model, milliseconds, plate_distance, normalized, row_of
from random_filters import FilterDice
from sightline_server import BIN, Server, environment, ndjson

FILTERS = 1_050
CITY_SIGHTINGS = 1_000_000
SEED = None

BATCH = 5_000
EXTRA_BATCH = 100
EXTRA_RATE = 1_000  # sightings a second, arriving while questions are asked
# Rows of one answer that are looked at: whole answers where they are shorter.
MOST_ROWS = 3_000
STREAMED_ROWS = 20_000


def lines(path):
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with opened as file:
        return [json.loads(line) for line in file]


def bay_area():
    folder = real_data.folder("bay-area-cabs")
    return lines(folder / "cameras.ndjson"), lines(folder / "sightings.ndjson.gz")


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
    return cameras, sightings


def city(seed):
    with tempfile.TemporaryDirectory(prefix="sightline-test-") as folder:
        subprocess.run(
            [BIN / "sightline", "simulate", "--sightings", str(CITY_SIGHTINGS), "--days", "4"]
            + ["--seed", str(seed), "--no-vectors", "--no-gzip", "--out", folder],
            check=True,
            env=environment(),
            stdout=subprocess.DEVNULL,
        )
        folder = pathlib.Path(folder)
        return lines(folder / "cameras.ndjson"), lines(folder / "sightings.ndjson")


class Arrivals(threading.Thread):
    """Sends copies of known sightings, moved in time and named anew, until told to stop."""

    def __init__(self, server, model, seed):
        super().__init__()
        self.connection = server.connect()
        self.model = model
        self.dice = random.Random(seed)
        self.stopping = threading.Event()
        self.sent = 0
        self.failure = None

    def batch(self):
        for _ in range(EXTRA_BATCH):
            row = self.dice.choice(self.model.rows)
            self.sent += 1
            yield row.sent | {
                "source_id": f"extra-{self.sent}",
                "time": row.time + self.dice.randrange(-5_000, 5_000),
            }

    def run(self):
        began = time.monotonic()
        for number in itertools.count():
            due = began + number * EXTRA_BATCH / EXTRA_RATE
            if self.stopping.wait(max(0.0, due - time.monotonic())):
                break
            reply = self.connection.post_sightings(self.batch())
            if reply.status != 200 or reply.json()["accepted"] != EXTRA_BATCH:
                self.failure = reply.body
                break
        self.connection.close()


class Answers:
    """Checks answers of one server against the model of what was sent first."""

    def __init__(self, test, connection, model, dice):
        self.test = test
        self.connection = connection
        self.model = model
        self.dice = dice

    def ask(self, body):
        reply = self.connection.post("/v1/search/sightings", body)
        self.test.assertEqual(reply.status, 200, reply.body)
        return reply.json()

    def check(self, question):
        filter_ = question["filter"]
        expected = self.model.matching(filter_)
        if len(expected) <= STREAMED_ROWS and self.dice.random() < 0.2:
            rows, complete = self.stream(question), True
        else:
            rows, complete = self.pages(question, len(expected))
        self.check_rows(question, rows)
        known = [row for row in rows if not row.get("source_id", "").startswith("extra-")]
        if question["order"] == "relevance":
            self.check_relevance(rows)
            self.check_members(expected, known, complete)
        else:
            self.check_time_order(question, rows)
            if question["order"] == "time_desc":
                expected = sorted(expected, key=lambda row: row.camera.encode())
                expected.sort(key=lambda row: -row.time)
            self.check_sequence(expected, known, complete)
        return len(expected)

    def stream(self, question):
        body = {name: question[name] for name in ("filter", "order")}
        return self.connection.stream(body)

    def pages(self, question, expected):
        """Rows of the first pages, and whether that was all."""
        rows = []
        answer = self.ask(question)
        as_of = answer["as_of"]
        while True:
            self.test.assertLessEqual(len(answer["sightings"]), question["limit"])
            self.test.assertEqual(answer["as_of"], as_of)
            self.test.assertEqual("explain" in answer, question.get("explain", False))
            rows += answer["sightings"]
            if "next_page_token" not in answer:
                return rows, True
            enough = len(rows) >= 5 * question["limit"] and len(rows) < expected
            if len(rows) >= MOST_ROWS or enough:
                return rows, False
            answer = self.ask(question | {"page_token": answer["next_page_token"]})

    def check_rows(self, question, rows):
        """No row twice, and each of them passes the filter, those that came meanwhile too."""
        ids = [row["id"] for row in rows]
        self.test.assertEqual(len(ids), len(set(ids)), "a row came twice")
        like = question["filter"].get("plate_like")
        for row in rows:
            if row.get("source_id", "").startswith("extra-"):
                arrived = row_of(row, self.model.places)
                self.test.assertTrue(self.model.passes(question["filter"], arrived), row)
            self.test.assertEqual("match" in row, like is not None)
            if like:
                distance = plate_distance(normalized(like["text"]), row["plate"], 3)
                self.test.assertEqual(row["match"]["differences"], distance, row)
                self.test.assertTrue(0 <= row["match"]["probability"] <= 1, row)

    def check_time_order(self, question, rows):
        keys = [(milliseconds(row["time"]), row["camera_id"].encode(), row["id"]) for row in rows]
        ordered = sorted(keys, key=lambda key: key[1:])
        ordered.sort(key=lambda key: key[0], reverse=question["order"] == "time_desc")
        self.test.assertEqual(keys, ordered)

    def check_relevance(self, rows):
        probabilities = [row["match"]["probability"] for row in rows]
        self.test.assertEqual(probabilities, sorted(probabilities, reverse=True))

    def identity(self, row):
        time = milliseconds(row["time"])
        return (row["camera_id"], time, row.get("source_id") or row.get("plate", ""))

    def check_members(self, expected, known, complete):
        wanted = collections.Counter(row.identity for row in expected)
        seen = collections.Counter(self.identity(row) for row in known)
        self.test.assertEqual(seen - wanted, collections.Counter())
        if complete:
            self.test.assertEqual(wanted - seen, collections.Counter())

    def check_sequence(self, expected, known, complete):
        """Row for row; rows of one camera at one instant follow their opaque ids."""
        if not complete and known:
            last = (milliseconds(known[-1]["time"]), known[-1]["camera_id"])
            while known and (milliseconds(known[-1]["time"]), known[-1]["camera_id"]) == last:
                known.pop()
        wanted = expected if complete else expected[: len(known)]
        self.test.assertEqual(len(known), len(wanted))
        place = lambda identity: identity[:2]
        seen = itertools.groupby([self.identity(row) for row in known], place)
        true = itertools.groupby([row.identity for row in wanted], place)
        for (_, some), (_, others) in itertools.zip_longest(seen, true, fillvalue=(None, ())):
            self.test.assertEqual(collections.Counter(some), collections.Counter(others))


class RandomFilters(unittest.TestCase):
    def setUp(self):
        self.seed = SEED if SEED is not None else random.SystemRandom().randrange(2**32)
        print(f"seed {self.seed}", flush=True)

    def run_over(self, name, cameras, sightings, count):
        dice = random.Random(f"{self.seed} {name}")
        model = Model(cameras, sightings)
        server = self.enterContext(Server())
        connection = server.connect()
        self.addCleanup(connection.close)
        self.assertEqual(connection.post("/v1/cameras", cameras).status, 200)
        for first in range(0, len(sightings), BATCH):
            reply = connection.post_sightings(sightings[first : first + BATCH])
            self.assertEqual((reply.status, reply.json()["rejected"]), (200, 0))
        del sightings
        arrivals = Arrivals(server, model, self.seed)
        arrivals.start()
        answers = Answers(self, connection, model, dice)
        drawn = FilterDice(model, dice)
        rows = 0
        began = time.monotonic()
        try:
            for number, filter_ in enumerate(drawn.filters(count)):
                question = drawn.question(filter_)
                with self.subTest(data=name, number=number, question=json.dumps(question)):
                    rows += answers.check(question)
        finally:
            arrivals.stopping.set()
            arrivals.join()
        self.assertIsNone(arrivals.failure)
        print(
            f"{name}: {len(model.rows)} sightings, {count} filters, {rows} rows expected, "
            f"{arrivals.sent} arrived meanwhile, {time.monotonic() - began:.0f} s",
            flush=True,
        )

    def test_bay_area_cabs(self):
        self.run_over("bay-area-cabs", *bay_area(), FILTERS * 2 // 5)

    def test_seattle_alpr(self):
        self.run_over("seattle-alpr", *seattle(), FILTERS * 1 // 5)

    def test_simulated_city(self):
        self.run_over("simulated city", *city(self.seed % 1000), FILTERS * 2 // 5)


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
