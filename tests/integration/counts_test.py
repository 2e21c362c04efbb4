"""Counts and common plates of a city against brute force over the sightings that were sent.

Usage: counts_test.py [--seed N] [--questions N]
"""

import argparse
import collections
import datetime
import gzip
import random
import sys
import tempfile
import unittest
import zoneinfo

from filter_model import Model, milliseconds
from investigations.asking import checked
from investigations.city import City, lines_of, rfc3339
from investigations.serving import CityServer
from random_filters import FilterDice
from sightline_server import BIN, ndjson

SEED = None
QUESTIONS = 60

ZONES = ["Asia/Shanghai", "UTC", "America/Los_Angeles", "Asia/Kathmandu"]
INTERVALS = {
    "minute": datetime.timedelta(minutes=1),
    "hour": datetime.timedelta(hours=1),
    "day": datetime.timedelta(days=1),
    "week": datetime.timedelta(days=7),
}
NUMBERS = ["hour_of_day", "weekday"]
OTHERS = ["camera_id", "color", "type", "brand", "inspection_sticker"]


def group_value(row, key, zone):
    """What a row is counted under; intervals by the ms of their start."""
    if key == "camera_id":
        return row.camera
    if key not in INTERVALS and key not in NUMBERS:
        return row.attributes.get(key)
    local = datetime.datetime.fromtimestamp(row.time / 1000, zone)
    if key == "hour_of_day":
        return local.hour
    if key == "weekday":
        return local.isoweekday()
    start = local.replace(second=0, microsecond=0)
    if key != "minute":
        start = start.replace(minute=0)
    if key in ("day", "week"):
        start = start.replace(hour=0)
    if key == "week":
        start -= datetime.timedelta(days=local.isoweekday() - 1)
    return round(start.timestamp() * 1000)


class CityModel(unittest.TestCase):
    """A city in a server and in a model."""

    @classmethod
    def setUpClass(cls):
        seed = random.randrange(1 << 32) if SEED is None else SEED
        print(f"seed {seed}")
        cls.dice = random.Random(seed)
        work = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="sightline-city-"))
        city = City(BIN, work, ["--vehicles", 500, "--days", 3, "--vectors", "none", "--seed",
                                seed % 1_000], form="files")
        lines = gzip.decompress((city.directory / "sightings.ndjson.gz").read_bytes())
        cls.model = Model(lines_of(city.directory / "cameras.ndjson"), lines.splitlines())
        cls.server = cls.enterClassContext(CityServer(options=["--seal-rows", 5_000]))
        cls.connection = cls.server.connect()
        cls.addClassCleanup(cls.connection.close)
        for path, body in (("/v1/cameras", (city.directory / "cameras.ndjson").read_bytes()),
                           ("/v1/sightings", lines)):
            checked(cls.connection.post(path, body, content_type="application/x-ndjson"))


class Counts(CityModel):
    def ask(self, filter_, keys, tz):
        body = {"filter": filter_, "group_by": keys, "tz": tz}
        return checked(self.connection.post("/v1/stats/counts", body))["rows"]

    def expected(self, filter_, keys, tz):
        """(count, distinct plates) by the values of the keys."""
        zone = zoneinfo.ZoneInfo(tz)
        counts, plates = collections.Counter(), collections.defaultdict(set)
        for row in self.model.matching(filter_):
            values = tuple(group_value(row, key, zone) for key in keys)
            counts[values] += 1
            if row.plate:
                plates[values].add(row.plate)
        return {values: (count, len(plates[values])) for values, count in counts.items()}

    def counted(self, rows, keys):
        told = {}
        for row in rows:
            self.assertEqual(row.keys(), {*keys, "count", "distinct_plates"})
            values = tuple(milliseconds(row[key]) if key in INTERVALS else row[key] for key in keys)
            self.assertNotIn(values, told, "a group came twice")
            told[values] = (row["count"], row["distinct_plates"])
        return told

    def test_counts_are_those_of_brute_force(self):
        for filter_ in FilterDice(self.model, self.dice).filters(QUESTIONS):
            intervals = self.dice.sample(["hour", "day", "week"], self.dice.randint(0, 1))
            keys = intervals + self.dice.sample(NUMBERS + OTHERS, self.dice.randint(0, 2))
            self.dice.shuffle(keys)
            tz = self.dice.choice(ZONES)
            with self.subTest(filter=filter_, group_by=keys, tz=tz):
                told = self.counted(self.ask(filter_, keys, tz), keys)
                some = {values: of for values, of in told.items() if of[0] > 0}
                self.assertEqual(some, self.expected(filter_, keys, tz))
                self.assertTrue(all(of == (0, 0) for values, of in told.items()
                                    if values not in some))
                self.assertTrue(intervals or NUMBERS[0] in keys or NUMBERS[1] in keys
                                or len(told) == len(some) or not keys)

    def test_every_interval_of_the_window_has_a_row(self):
        first = self.model.rows[0].time
        for key, length, count in (("minute", INTERVALS["minute"], 90),
                                   ("hour", INTERVALS["hour"], 30), ("day", INTERVALS["day"], 9)):
            ms = length // datetime.timedelta(milliseconds=1)
            begin = first // ms * ms
            time = {"from": rfc3339(begin), "to": rfc3339(begin + count * ms)}
            camera = self.dice.choice(self.model.cameras)
            filter_ = {"time": time, "cameras": [camera]}
            with self.subTest(key):
                told = self.counted(self.ask(filter_, [key], "UTC"), [key])
                self.assertEqual(sorted(told), [(begin + at * ms,) for at in range(count)])
                self.assertEqual({values: of for values, of in told.items() if of[0]},
                                 self.expected(filter_, [key], "UTC"))

    def test_the_form_for_dashboards_says_the_same(self):
        camera = self.dice.choice(self.model.cameras)
        rows = self.ask({"cameras": [camera]}, ["hour", "color"], "Asia/Shanghai")
        reply = self.connection.get(
            f"/v1/stats/counts?cameras={camera}&group_by=hour,color&tz=Asia/Shanghai")
        self.assertEqual(checked(reply)["rows"], rows)
        self.assertGreater(len(rows), 10)

    def test_what_arrives_is_counted_at_once(self):
        time = {"from": "2024-05-01T00:00:00Z", "to": "2024-05-01T01:00:00Z"}
        body = [{"camera_id": self.model.cameras[0], "source_id": f"new-{at}", "plate": "京A00001",
                 "time": "2024-05-01T00:30:00Z"} for at in range(3)]
        checked(self.connection.post_sightings(body))
        self.assertEqual(self.ask({"time": time}, ["camera_id"], "UTC"),
                         [{"camera_id": self.model.cameras[0], "count": 3, "distinct_plates": 1}])
        self.model.add(ndjson(body).splitlines())


class CommonPlates(CityModel):
    def scene(self):
        """A few cameras for an hour or some."""
        row = self.dice.choice(self.model.rows)
        length = self.dice.choice([1, 2, 6]) * 3_600_000
        begin = row.time - self.dice.randrange(length)
        cameras = {row.camera, *self.dice.sample(self.model.cameras, 4)}
        return {"filter": {"time": {"from": rfc3339(begin), "to": rfc3339(begin + length)},
                           "cameras": sorted(cameras)}}

    def expected(self, visits, least):
        seen = collections.Counter()
        for visit in visits:
            seen.update({row.plate for row in self.model.matching(visit["filter"]) if row.plate})
        return {plate: count for plate, count in seen.items() if count >= least}

    def test_who_was_at_several_scenes(self):
        told_of = 0
        for _ in range(QUESTIONS):
            visits = [self.scene() for _ in range(self.dice.randint(2, 5))]
            least = self.dice.randint(2, len(visits))
            with self.subTest(visits=visits, least=least):
                body = {"visits": visits, "min_visits": least, "limit": 10_000,
                        "merge_misreads": False}
                answer = checked(self.connection.post("/v1/analyses/common-plates", body))
                told = {row["plate"]: row["visits"] for row in answer["plates"]}
                self.assertEqual(len(told), len(answer["plates"]))
                self.assertEqual(told, self.expected(visits, least))
                body["merge_misreads"] = True
                answer = checked(self.connection.post("/v1/analyses/common-plates", body))
                merged = {row["plate"]: row["visits"] for row in answer["plates"]}
                for plate, count in told.items():
                    self.assertGreaterEqual(merged.get(plate, 0), count)
                told_of += len(told)
                self.assertTrue(all(0 <= row["p_value"] <= 1 and row["expected"] >= 0
                                    for row in answer["plates"]))
        self.assertGreater(told_of, 20)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    arguments, rest = parser.parse_known_args()
    SEED, QUESTIONS = arguments.seed, arguments.questions
    unittest.main(argv=[sys.argv[0], *rest])
