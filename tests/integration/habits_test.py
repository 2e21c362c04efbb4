"""Habits over HTTP: homes and trips against the truth of a simulated city, profiles and vehicles
found by habit against what was read, errors, pages, and the audit log.

Bounds are below what the benchmark shows for large cities (bench/investigations).
"""

import collections
import random
import tempfile
import unittest

from investigations import asking
from investigations.asking import of_plate, stored_readings, stored_window
from investigations.city import City, milliseconds, rfc3339
from investigations.habits import TIME_ZONE_MS, Scores
from investigations.serving import CityServer
from sightline_server import BIN

MIN_PASSES = 12
SEED = 7


class Habits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}")
        work = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="sightline-city-"))
        cls.city = City(BIN, work, ["--vehicles", 1_500, "--days", 7, "--vectors", "none",
                                    "--seed", SEED])
        cls.server = cls.enterClassContext(
            CityServer(cls.city.data, ["--time-zone", "Asia/Shanghai"]))
        cls.server.wait_until_sealed()
        cls.connection = cls.server.connect()
        cls.addClassCleanup(cls.connection.close)
        cls.window = stored_window(cls.connection)
        readings = stored_readings(cls.connection, cls.window, cls.city.truth)
        cls.scores = Scores(cls.connection, cls.window, cls.city.truth, readings)

    def test_homes_are_found(self):
        homes = self.scores.homes(random.Random(SEED), 300)
        self.assertEqual(homes["homes_asked"], 300)
        self.assertGreaterEqual(homes["homes_found"], 0.65, homes)

    def test_trips_are_those_that_were_driven(self):
        trips = self.scores.trips(random.Random(SEED), 300)
        self.assertGreaterEqual(trips["vehicles_trips_all_same"], 0.85, trips)
        self.assertGreaterEqual(trips["trips_by_kind"]["commuter"], 0.95, trips)

    def profile(self, plate):
        return asking.get(self.connection, of_plate(plate, "profile"), tz="Asia/Shanghai",
                          from_=rfc3339(self.window[0]), to=rfc3339(self.window[1]))

    def test_first_seen_is_the_first_reading(self):
        for plate in list(self.scores.plates)[:100:5]:
            with self.subTest(plate=plate):
                first = self.scores.plates[plate][0].time
                self.assertEqual(milliseconds(self.profile(plate)["first_seen"]), first)

    def test_who_drives_at_night_has_a_high_night_share(self):
        shares = collections.defaultdict(list)
        for vehicle in self.scores.alone:
            if vehicle["kind"] in ("night", "commuter") and len(shares[vehicle["kind"]]) < 25:
                readings = self.scores.own(vehicle)
                if len(readings) >= 20:
                    shares[vehicle["kind"]].append(self.profile(vehicle["plate"])["night_share"])
        self.assertGreater(min(shares["night"]), max(shares["commuter"]))

    def test_hours_are_those_of_the_readings(self):
        """A weekday without readings has no active hour, and one with readings has some."""
        for plate in list(self.scores.plates)[:60:5]:
            read = {((reading.time + TIME_ZONE_MS) // 86_400_000 + 3) % 7
                    for reading in self.scores.plates[plate]}
            with self.subTest(plate=plate):
                told = self.profile(plate)["hours_by_weekday"]
                self.assertEqual([len(hours) for hours in told], [24] * 7)
                self.assertEqual({day for day, hours in enumerate(told) if any(hours)}, read)

    def question(self, **members):
        return {"filter": {"time": {"from": rfc3339(self.window[0]), "to": rfc3339(self.window[1])}},
                "tz": "Asia/Shanghai", **members}

    def find(self, **members):
        return asking.checked(
            self.connection.post("/v1/analyses/habits", self.question(**members)))

    @staticmethod
    def most_passes_a_day(readings):
        """Readings less than ten minutes apart are one pass."""
        days, last = collections.Counter(), None
        for reading in readings:
            if last is None or reading.time - last >= 600_000:
                days[(reading.time + TIME_ZONE_MS) // 86_400_000] += 1
            last = reading.time
        return max(days.values())

    def test_who_passes_often_is_found_page_by_page(self):
        # By default of a vehicle that more than one camera read.
        often = {plate for plate, readings in self.scores.plates.items()
                 if len({reading.camera for reading in readings}) > 1
                 and self.most_passes_a_day(readings) >= MIN_PASSES}
        self.assertGreater(len(often), 10)
        found, token = [], None
        while True:
            page = self.find(frequent={"min_passes": MIN_PASSES}, limit=7,
                             **({} if token is None else {"page_token": token}))
            self.assertLessEqual(len(page["plates"]), 7)
            found += [row["plate"] for row in page["plates"]]
            token = page.get("next_page_token")
            if not token:
                break
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual(page["found"], len(found))
        self.assertEqual(set(found), often)

    def test_a_job_finds_the_same(self):
        at_once = self.find(night_only=True, limit=50)
        job, _ = asking.finished_job(self.connection, "/v1/analyses/habits",
                                  self.question(night_only=True, limit=50, job=True))
        self.assertEqual([row["plate"] for row in job["result"]["plates"]],
                         [row["plate"] for row in at_once["plates"]])
        self.assertGreater(len(at_once["plates"]), 0)

    def test_what_is_wrong_is_named(self):
        for members, field in [({}, ""),
                               ({"night_only": {"min_share": 2}}, "/night_only/min_share"),
                               ({"frequent": {"min_passes": 0}}, "/frequent/min_passes"),
                               ({"frequent": True, "tz": "Mars/Base"}, "/tz"),
                               ({"frequent": True, "often": 1}, "/often")]:
            with self.subTest(members=members):
                reply = self.connection.post("/v1/analyses/habits", self.question(**members))
                self.assertIn(reply.status, (400, 422), reply.body)
                self.assertEqual(reply.json().get("field", ""), field, reply.body)
        for parameters, field in [({"from": "yesterday"}, "from"), ({"trips_limit": "-1"}, "trips_limit"),
                                  ({"tz": "Mars/Base"}, "tz"), ({"until": "1"}, "until")]:
            with self.subTest(parameters=parameters):
                reply = self.connection.get(
                    asking.path_of(of_plate("京A12345", "profile"), **parameters))
                self.assertIn(reply.status, (400, 422), reply.body)
                self.assertEqual(reply.json().get("field"), field, reply.body)

    def test_a_plate_that_was_never_read_has_no_habits(self):
        profile = self.profile("京Z00000")
        self.assertEqual((profile["readings"], profile["places"], profile["trip_list"]), (0, [], []))

    def test_a_profile_is_on_the_trail(self):
        plate = next(iter(self.scores.plates))
        self.profile(plate)
        records = asking.get(self.connection, "/v1/audit", limit=20)["records"]
        self.assertTrue(any("/profile" in str(record) for record in records), records)


if __name__ == "__main__":
    unittest.main()
