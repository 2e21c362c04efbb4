"""Convoys planted into a city's rush hour are found, and who travels alone is told of nobody.

Usage: companions_test.py [--seed N]

Bounds are below what the benchmark shows for large cities (bench/investigations).
"""

import argparse
import random
import sys
import tempfile
import unittest

from investigations import asking
from investigations.asking import checked, of_plate, stored_window
from investigations.city import City, milliseconds, rfc3339
from investigations.companions import Scores, read_city
from investigations.plain_companions import PlainRules
from investigations.planted import Planter, sent
from investigations.serving import CityServer
from sightline_server import BIN

SEED = 3
CONVOYS = 60
LONELY = 150
WITHIN_S = 30


class Companions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}")
        work = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="sightline-city-"))
        city = City(BIN, work, ["--vehicles", 4_000, "--days", 2, "--vectors", "none", "--seed",
                                SEED], form="files")
        cls.dice = random.Random(SEED)
        cls.rows = read_city(city)
        planter = Planter(cls.dice, cls.rows, city.truth)
        planted = [planter.convoy() for _ in range(CONVOYS)]
        cls.convoys = [convoy for convoy in planted if len(convoy.plates) > 1]
        cls.rows += [row for convoy in planted for row in convoy.sightings]
        cls.lonely = [city.truth.vehicles[vehicle]["plate"] for vehicle in planter.alone][:LONELY]
        cls.server = cls.enterClassContext(CityServer())
        cls.connection = cls.server.connect()
        cls.addClassCleanup(cls.connection.close)
        for path, name, headers in (("/v1/cameras", "cameras.ndjson", {}),
                                    ("/v1/sightings", "sightings.ndjson.gz",
                                     {"Content-Encoding": "gzip"})):
            checked(cls.connection.post(path, (city.directory / name).read_bytes(),
                                        content_type="application/x-ndjson", headers=headers))
        sent(cls.connection, planted)
        cls.rules = PlainRules((row["camera_id"], row["time"], row["plate"]) for row in cls.rows
                               if row.get("plate"))
        cls.window = stored_window(cls.connection)
        cls.scores = Scores(cls.connection, cls.window, cls.rules, WITHIN_S)

    def test_convoys_are_told_from_traffic(self):
        self.scores.targets("planted", [convoy.plates for convoy in self.convoys], self.dice)
        result = self.scores.result
        self.assertGreaterEqual(result["planted_first"], 0.85, result)
        self.assertGreaterEqual(result["planted_in_five"], 0.93, result)
        self.assertLessEqual(result["planted_false"], 0.15, result)
        self.assertLess(result["planted_count_30_first"], result["planted_first"], result)

    def test_who_travels_alone_is_told_of_nobody(self):
        self.scores.lonely(self.lonely)
        self.assertLessEqual(self.scores.result["lonely_told"], 0.12, self.scores.result)

    def test_evidence_is_what_was_read(self):
        stored = {(row["camera_id"], row["time"], row.get("plate")) for row in self.rows}
        for convoy in self.convoys[:10]:
            target = convoy.plates[0]
            for companion in self.scores.ask(target):
                with self.subTest(target=target, companion=companion["plate"]):
                    self.check_companion(target, companion, stored)

    def check_companion(self, target, companion, stored):
        met = companion["evidence"]
        self.assertGreaterEqual(companion["cameras"], len({each["camera_id"] for each in met}))
        self.assertGreaterEqual(companion["cameras"], 2)
        self.assertGreaterEqual(companion["meetings"], companion["cameras"])
        self.assertTrue(0 <= companion["p_value"] <= 1)
        self.assertIn(companion["order"], ("ahead", "behind", "mixed"))
        for each in met:
            ours, theirs = milliseconds(each["time"]), milliseconds(each["other_time"])
            self.assertLessEqual(abs(ours - theirs), WITHIN_S * 1000)
            self.assertIn((each["camera_id"], ours, target), stored)
            self.assertEqual(len(each["ids"]), 2)

    def test_fewest_cameras_and_gap_narrow(self):
        target = self.convoys[0].plates[0]
        span = {"from_": rfc3339(self.window[0]), "to": rfc3339(self.window[1])}
        for companion in asking.get(self.connection, of_plate(target, "companions"), **span,
                                    within_s=5, min_cameras=3)["companions"]:
            self.assertGreaterEqual(companion["cameras"], 3)
            self.assertLessEqual(companion["median_gap_s"], 5)

    def test_an_unknown_plate_has_none(self):
        self.assertEqual(self.scores.ask("京ZZZZZ9Z"), [])

    def test_order_says_who_follows(self):
        """In a convoy of two the second follows."""
        for convoy in self.convoys:
            if len(convoy.plates) == 2:
                for plate, fellow, order in ((*convoy.plates, "behind"),
                                             (*convoy.plates[::-1], "ahead")):
                    companions = {each["plate"]: each for each in self.scores.ask(plate)}
                    if fellow in companions and companions[fellow]["significant"]:
                        self.assertEqual(companions[fellow]["order"], order, (plate, fellow))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments, rest = parser.parse_known_args()
    SEED = arguments.seed
    unittest.main(argv=[sys.argv[0], *rest])
