"""Real sightings in, counted, and every plate's trajectory equal to the file's rows."""

import collections
import datetime
import gzip
import json
import math
import unittest
import urllib.parse

import real_data
from sightline_server import Server

SIGHTINGS = 59_565
PLATES = 493
TRIP_GAP_MS = 25 * 60 * 1000
EARTH_RADIUS_M = 6_371_008.8

DATA = real_data.folder("bay-area-cabs")


def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def great_circle_m(a, b):
    lon1, lat1, lon2, lat2 = map(math.radians, (*a, *b))
    h = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(h))


def expected_trips(points):
    """[(first time, last time, line)] of the trips of two readings or more, numbered over all."""
    trips = []
    for point in points:
        at = milliseconds(point["properties"]["time"])
        if not trips or at - trips[-1][-1][0] > TRIP_GAP_MS:
            trips.append([])
        trips[-1].append((at, point["geometry"]["coordinates"]))
    return {number: trip for number, trip in enumerate(trips, start=1) if len(trip) > 1}


class BayAreaCabs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.connection = cls.server.connect()
        cls.addClassCleanup(cls.connection.close)

        cls.cameras_body = (DATA / "cameras.ndjson").read_bytes()
        cls.cameras = {
            camera["id"]: camera for camera in map(json.loads, cls.cameras_body.splitlines())
        }
        cls.compressed = (DATA / "sightings.ndjson.gz").read_bytes()
        cls.by_plate = collections.defaultdict(list)
        for line in gzip.decompress(cls.compressed).splitlines():
            row = json.loads(line)
            cls.by_plate[row["plate"]].append(row)

        cls.created = cls.connection.post(
            "/v1/cameras", cls.cameras_body, content_type="application/x-ndjson"
        ).json()
        cls.first = cls.send_all()

    @classmethod
    def send_all(cls):
        return cls.connection.post(
            "/v1/sightings",
            cls.compressed,
            content_type="application/x-ndjson",
            headers={"Content-Encoding": "gzip"},
        ).json()

    def trajectory(self, plate, **parameters):
        path = f"/v1/plates/{urllib.parse.quote(plate)}/trajectory"
        reply = self.connection.get(
            path + ("?" + urllib.parse.urlencode(parameters) if parameters else "")
        )
        self.assertEqual(reply.status, 200, reply.body)
        features = reply.json()["features"]
        points = [each for each in features if "camera_id" in each["properties"]]
        lines = [each for each in features if "camera_id" not in each["properties"]]
        return points, lines

    def check_counts(self, answer, **counts):
        self.assertEqual(answer["errors"], [])
        self.assertEqual({name: answer[name] for name in counts}, counts)

    def test_all_cameras_are_created(self):
        self.check_counts(self.created, created=len(self.cameras), replaced=0, rejected=0)

    def test_all_sightings_are_accepted_once(self):
        self.check_counts(self.first, accepted=SIGHTINGS, duplicates=0, rejected=0)
        self.check_counts(self.send_all(), accepted=0, duplicates=SIGHTINGS, rejected=0)

    def test_every_trajectory_equals_the_rows_of_the_file(self):
        self.assertEqual(len(self.by_plate), PLATES)
        for plate, rows in self.by_plate.items():
            with self.subTest(plate=plate):
                points, lines = self.trajectory(plate, trip_gap_s=1500)
                self.check_points(rows, points)
                self.check_trips(points, lines)

    def check_points(self, rows, points):
        got = []
        for point in points:
            self.assertEqual(point["geometry"]["type"], "Point")
            properties = dict(point["properties"])
            order = (
                milliseconds(properties["time"]),
                properties["camera_id"].encode(),
                properties["id"],
            )
            got.append(
                (
                    order,
                    {name: properties[name] for name in rows[0]},
                    point["geometry"]["coordinates"],
                )
            )
            self.assertEqual(properties["plate_read"], properties["plate"])
        self.assertEqual([order for order, *_ in got], sorted(order for order, *_ in got))

        def identity(row):
            return (row["camera_id"], row["source_id"], row["time"])

        self.assertEqual(
            sorted((identity(row), sorted(row.items(), key=str), place) for _, row, place in got),
            sorted((identity(row), sorted(row.items(), key=str), self.place(row)) for row in rows),
        )

    def place(self, row):
        location = self.cameras[row["camera_id"]]["location"]
        return [location["lon"], location["lat"]]

    def check_trips(self, points, lines):
        expected = expected_trips(points)
        self.assertEqual([line["properties"]["trip"] for line in lines], sorted(expected))
        for line in lines:
            trip = expected[line["properties"]["trip"]]
            places = [place for _, place in trip]
            self.assertEqual(line["geometry"], {"type": "LineString", "coordinates": places})
            self.assertEqual(milliseconds(line["properties"]["from"]), trip[0][0])
            self.assertEqual(milliseconds(line["properties"]["to"]), trip[-1][0])
            length = sum(map(great_circle_m, places, places[1:]))
            self.assertAlmostEqual(line["properties"]["length_m"], length, delta=0.1)

    def test_a_window_is_half_open(self):
        plate, rows = max(self.by_plate.items(), key=lambda each: len(each[1]))
        times = sorted(row["time"] for row in rows)
        start, end = times[len(times) // 4], times[len(times) // 2]
        points, _ = self.trajectory(plate, **{"from": start, "to": end})
        self.assertEqual(
            [point["properties"]["time"] for point in points],
            [time for time in times if start <= time < end],
        )

    def test_every_plate_is_listed_with_its_counts(self):
        listed = []
        token = None
        while True:
            reply = self.connection.get(
                "/v1/plates?limit=100" + (f"&page_token={token}" if token else "")
            )
            self.assertEqual(reply.status, 200, reply.body)
            listed += reply.json()["plates"]
            token = reply.json().get("next_page_token")
            if not token:
                break
        self.assertEqual(
            [
                (each["plate"], each["first_seen"], each["last_seen"], each["count"])
                for each in listed
            ],
            [
                (
                    plate,
                    min(row["time"] for row in rows),
                    max(row["time"] for row in rows),
                    len(rows),
                )
                for plate, rows in sorted(self.by_plate.items())
            ],
        )

    def test_everything_is_still_there_after_a_restart(self):
        self.connection.close()
        self.server.restart()
        plate, rows = min(self.by_plate.items())
        points, _ = self.trajectory(plate)
        self.check_points(rows, points)
        self.assertEqual(self.connection.get("/v1/status").json()["counts"]["sightings"], SIGHTINGS)


if __name__ == "__main__":
    unittest.main()
