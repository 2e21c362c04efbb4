"""`sightline simulate`, from outside: five seeds, their truth recounted from nothing but the files."""

import collections
import datetime
import gzip
import hashlib
import json
import math
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from sightline_server import BIN, Server, environment

SIGHTLINE = str(BIN / "sightline")
EARTH_RADIUS_M = 6_371_008.8
MAX_KMH = 160
SEEDS = (1, 2, 3, 4, 5)
# Enough of everything that the simulator plants, in a city of some 20,000 sightings.
CITY = (
    "--vehicles 500 --cameras 90 --days 2 --clones 0.02 --convoy-vehicles 0.03 --mobile 0.04 "
    "--wrong-clock 0.05 --wrong-position 0.03"
).split()


def simulate(*arguments, **named):
    return subprocess.run(
        [SIGHTLINE, "simulate", *map(str, arguments)],
        env=environment(),
        capture_output=True,
        timeout=300,
        **named,
    )


def lines_of(path):
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with opened as file:
        return [json.loads(line) for line in file]


def milliseconds(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1000)


def meters(a, b):
    """Great-circle distance (haversine)."""
    lat_a, lat_b = math.radians(a["lat"]), math.radians(b["lat"])
    half_lat = math.sin((lat_b - lat_a) / 2)
    half_lon = math.sin(math.radians(b["lon"] - a["lon"]) / 2)
    chord = half_lat**2 + math.cos(lat_a) * math.cos(lat_b) * half_lon**2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(chord))


class City:
    """The three files of one simulated city."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.cameras = {camera["id"]: camera for camera in lines_of(folder / "cameras.ndjson")}
        self.sightings = lines_of(folder / "sightings.ndjson.gz")
        self.truth = collections.defaultdict(list)
        for line in lines_of(folder / "truth.ndjson.gz"):
            self.truth[line["record"]].append(line)
        self.true_cameras = {camera["camera_id"]: camera for camera in self.truth["camera"]}
        self.vehicles = {vehicle["vehicle"]: vehicle for vehicle in self.truth["vehicle"]}

    def place(self, passed):
        """Where a vehicle really was when it passed."""
        return passed.get("location") or self.true_cameras[passed["camera_id"]]["location"]

    def tracks(self):
        """Every pass of each vehicle, read or missed, in order of true time."""
        tracks = collections.defaultdict(list)
        for passed in self.truth["reading"] + self.truth["missed"]:
            tracks[passed["vehicle"]].append((milliseconds(passed["time"]), passed))
        for track in tracks.values():
            track.sort(key=lambda entry: entry[0])
        return tracks


class FiveSeeds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.cities = {}
        for seed in SEEDS:
            out = pathlib.Path(cls.folder.name) / str(seed)
            made = simulate(*CITY, "--seed", seed, "--out", out, "-q")
            assert made.returncode == 0, made.stderr
            assert made.stderr == b"" and made.stdout == b"", made.stderr
            cls.cities[seed] = City(out)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def each(self):
        for seed, city in self.cities.items():
            with self.subTest(seed=seed):
                yield city

    def test_no_vehicle_is_ever_impossible(self):
        for city in self.each():
            steps = 0
            for vehicle, track in city.tracks().items():
                for (time_a, a), (time_b, b) in zip(track, track[1:]):
                    distance = meters(city.place(a), city.place(b))
                    if distance == 0:
                        continue
                    steps += 1
                    self.assertGreater(time_b, time_a, (vehicle, a, b))
                    kmh = distance / (time_b - time_a) * 3600
                    self.assertLessEqual(kmh, MAX_KMH, (vehicle, a, b))
            self.assertGreater(steps, 5_000)

    def test_the_summary_equals_a_recount(self):
        for city in self.each():
            (summary,) = city.truth["summary"]
            readings, missed = city.truth["reading"], city.truth["missed"]
            times = sorted(reading["time"] for reading in readings)
            cameras = city.truth["camera"]

            def having(rows, member):
                return sum(1 for row in rows if row.get(member))

            self.assertEqual(
                summary,
                {
                    "record": "summary",
                    "complete": True,
                    "readings": len(city.sightings),
                    "missed": len(missed),
                    "misread": having(readings, "misread"),
                    "unread": having(readings, "unread"),
                    "wrong_clock": having(readings, "wrong_clock"),
                    "wrong_position": having(readings, "wrong_position"),
                    "attribute_errors": having(readings, "attribute_error"),
                    "joint": having(readings, "joint"),
                    "first": times[0],
                    "last": times[-1],
                    "vehicles": len(city.vehicles),
                    "clones": sum("clone_of" in v for v in city.vehicles.values()),
                    "convoys": len(city.truth["convoy"]),
                    "cameras": len(city.cameras),
                    "cameras_wrong_clock": sum("clock_offset_ms" in c for c in cameras),
                    "cameras_wrong_position": having(cameras, "wrong_position"),
                },
            )
            for member in ("missed", "misread", "unread", "wrong_clock", "clones", "convoys"):
                self.assertGreater(summary[member], 0, member)

    def test_every_sighting_is_what_the_truth_says(self):
        for city in self.each():
            start = milliseconds(city.truth["simulation"][0]["start"])
            told = {(r["camera_id"], r["source_id"]): r for r in city.truth["reading"]}
            self.assertEqual(len(told), len(city.sightings))
            for sighting in city.sightings:
                reading = told.pop((sighting["camera_id"], sighting["source_id"]))
                vehicle = city.vehicles[reading["vehicle"]]
                self.assertEqual(reading["plate"], vehicle["plate"])
                # The plate.
                read = sighting.get("plate")
                self.assertEqual(read is None, reading.get("unread", False))
                wrong = read is not None and read != reading["plate"]
                self.assertEqual(wrong, reading.get("misread", False), sighting)
                # The clock.
                camera = city.true_cameras[sighting["camera_id"]]
                passed = milliseconds(reading["time"]) - start
                shown = passed + camera.get("clock_offset_ms", 0)
                drift = camera.get("clock_drift_ms_per_day", 0) * (passed // 60_000)
                shown += int(drift / 1440)  # towards zero
                self.assertEqual(milliseconds(sighting["time"]) - start, shown)
                wrong_clock = "clock_offset_ms" in camera
                self.assertEqual(wrong_clock, reading.get("wrong_clock", False))
                # The place.
                self.assertEqual(sighting.get("location"), reading.get("location"))
                self.assertEqual("location" in sighting, camera.get("mobile", False))
                # The attributes.
                attributes = sighting["attributes"]
                if not reading.get("attribute_error"):
                    for name in ("type", "color", "inspection_sticker"):
                        self.assertEqual(attributes[name], vehicle[name])
                    for name in ("brand", "model", "year"):
                        self.assertIn(attributes.get(name), (vehicle[name], None))
            self.assertEqual(told, {})

    def test_registered_cameras_are_wrong_where_the_truth_says_so(self):
        for city in self.each():
            for camera_id, camera in city.cameras.items():
                true = city.true_cameras[camera_id]
                if true.get("mobile"):
                    self.assertEqual(camera["kind"], "mobile")
                    self.assertNotIn("location", camera)
                    continue
                off = meters(camera["location"], true["location"])
                if true.get("wrong_position"):
                    self.assertGreater(off, 1_900)
                else:
                    self.assertEqual(off, 0)

    def test_clones_share_a_plate_and_nobody_else_does(self):
        for city in self.each():
            by_plate = collections.defaultdict(set)
            for number, vehicle in city.vehicles.items():
                by_plate[vehicle["plate"]].add(number)
            shared = {plate: group for plate, group in by_plate.items() if len(group) > 1}
            planted = {}
            for clone in city.truth["clone"]:
                copies = {copy["vehicle"] for copy in clone["clones"]}
                planted[clone["plate"]] = {clone["genuine"], *copies}
                genuine = city.vehicles[clone["genuine"]]
                for copy in clone["clones"]:
                    vehicle = city.vehicles[copy["vehicle"]]
                    self.assertEqual(vehicle["clone_of"], clone["genuine"])
                    same = (vehicle["brand"], vehicle["model"]) == (
                        genuine["brand"],
                        genuine["model"],
                    )
                    self.assertEqual(same, copy["same_model"])
            self.assertEqual(shared, planted)

    def test_convoys_drive_in_their_order(self):
        for city in self.each():
            rank = {}
            for convoy in city.truth["convoy"]:
                for place, vehicle in enumerate(convoy["vehicles"]):
                    rank[vehicle] = (convoy["convoy"], place)
            meetings = collections.defaultdict(list)
            for passed in city.truth["reading"] + city.truth["missed"]:
                if not passed.get("joint"):
                    continue
                convoy, place = rank[passed["vehicle"]]
                moment = milliseconds(passed["time"])
                meetings[convoy, passed["camera_id"], moment // 86_400_000].append((place, moment))
            for met in meetings.values():
                met.sort()
                moments = [moment for _, moment in met]
                self.assertEqual(moments, sorted(moments))
            self.assertGreater(len(meetings), 0)

    def test_sightings_come_nearly_in_the_order_of_time(self):
        for city in self.each():
            times = {(r["camera_id"], r["source_id"]): r["time"] for r in city.truth["reading"]}
            latest = 0
            for sighting in city.sightings:
                moment = milliseconds(times[sighting["camera_id"], sighting["source_id"]])
                self.assertGreater(moment, latest - 60_000)
                latest = max(latest, moment)


class Output(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_the_same_options_give_the_same_bytes(self):
        def digests(name, variables):
            out = self.folder / name
            subprocess.run(
                [SIGHTLINE, "simulate", *CITY, "--vectors", "both", "--out", str(out), "-q"],
                env={**environment(), **variables},
                check=True,
                timeout=300,
            )
            return {
                file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in out.iterdir()
            }

        first = digests("a", {"LC_ALL": "C", "TZ": "UTC"})
        self.assertEqual(set(first), {"cameras.ndjson", "sightings.ndjson.gz", "truth.ndjson.gz"})
        self.assertEqual(first, digests("b", {"LC_ALL": "C.UTF-8", "TZ": "America/New_York"}))

    def test_standard_output_holds_the_same_sightings(self):
        made = simulate(*CITY, "--out", self.folder / "city", "--no-gzip", "--no-truth")
        self.assertEqual(made.returncode, 0, made.stderr)
        files = sorted(file.name for file in (self.folder / "city").iterdir())
        self.assertEqual(files, ["cameras.ndjson", "sightings.ndjson"])
        printed = simulate(*CITY, "--out", "-")
        self.assertEqual(printed.stdout, (self.folder / "city/sightings.ndjson").read_bytes())

    def test_the_truth_may_leave_readings_out(self):
        for kept, records in (
            ("all", {"reading", "missed"}),
            ("deviating", {"reading", "missed"}),
            ("none", set()),
        ):
            with self.subTest(kept=kept):
                truth = self.folder / f"{kept}.ndjson"
                made = simulate(*CITY, "--out", "-", "--truth", truth, "--truth-readings", kept)
                self.assertEqual(made.returncode, 0, made.stderr)
                lines = lines_of(truth)
                found = {line["record"] for line in lines} & {"reading", "missed"}
                self.assertEqual(found, records)
                if kept == "deviating":
                    flags = {
                        "misread",
                        "unread",
                        "wrong_clock",
                        "wrong_position",
                        "attribute_error",
                    }
                    for line in lines:
                        if line["record"] == "reading":
                            self.assertTrue(flags & line.keys(), line)

    def test_sightings_wanted_are_nearly_had(self):
        # A thinned city is a sample of days of vehicles, of which some are seen far more than others.
        for wanted, within, arguments in (
            (20_000, 0.06, ["--days", 3]),
            (60_000, 0.15, ["--days", 4, "--vehicles", 3000]),
        ):
            with self.subTest(wanted=wanted):
                made = simulate(
                    "--sightings", wanted, *arguments, "--cameras", 80, "--vectors", "none",
                    "--out", "-",
                )
                self.assertEqual(made.returncode, 0, made.stderr)
                got = made.stdout.count(b"\n")
                self.assertLess(abs(got / wanted - 1), within)

    def test_a_server_gets_what_the_files_hold(self):
        made = simulate(*CITY, "--seed", 2, "--out", self.folder / "city", "-q")
        self.assertEqual(made.returncode, 0, made.stderr)
        city = City(self.folder / "city")
        with Server() as server:
            sent = server.command("simulate", *CITY, "--seed", 2, "--server", "--batch", 700)
            self.assertEqual(sent.returncode, 0, sent.stderr)
            self.compare(server, city)

    def test_a_data_directory_holds_what_the_files_hold(self):
        made = simulate(*CITY, "--seed", 2, "--out", self.folder / "city", "-q")
        self.assertEqual(made.returncode, 0, made.stderr)
        city = City(self.folder / "city")
        server = Server()
        written = simulate(*CITY, "--seed", 2, "--data", server.data)
        self.assertEqual(written.returncode, 0, written.stderr)
        with server:
            refused = simulate(*CITY, "--data", server.data)
            self.assertEqual(refused.returncode, 1, refused.stderr)
            self.compare(server, city)

    def compare(self, server, city):
        """Everything that the server answers is the city's, row for row."""
        connection = server.connect()
        features = connection.get("/v1/cameras").json()["features"]
        self.assertEqual({f["properties"]["id"] for f in features}, set(city.cameras))
        answered = {}
        body = {"order": "time_asc"}
        reply = connection.post(
            "/v1/search/sightings?include=vectors",
            body,
            headers={"Accept": "application/x-ndjson"},
        )
        connection.close()
        self.assertEqual(reply.status, 200, reply.body[:500])
        for line in reply.body.splitlines():
            row = json.loads(line)
            if "source_id" in row:
                answered[row["camera_id"], row["source_id"]] = row
        self.assertEqual(len(answered), len(city.sightings))
        for sighting in city.sightings:
            row = answered[sighting["camera_id"], sighting["source_id"]]
            for member in ("time", "plate", "attributes", "vectors", "lane", "speed_kmh"):
                self.assertEqual(row.get(member), sighting.get(member), member)

    def test_an_interrupted_run_leaves_whole_files(self):
        out = self.folder / "city"
        running = subprocess.Popen(
            [
                SIGHTLINE,
                "simulate",
                "--vehicles",
                "5000",
                "--days",
                "400",
                "--cameras",
                "100",
                "--out",
                str(out),
                "-q",
            ],
            env=environment(),
            stderr=subprocess.PIPE,
        )
        file = out / "sightings.ndjson.gz"
        deadline = time.monotonic() + 120
        while not (file.exists() and file.stat().st_size > 1_000_000):
            self.assertIsNone(running.poll())
            self.assertLess(time.monotonic(), deadline)
            os.sched_yield()
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=120)
        self.assertEqual(running.returncode, 130, errors)
        city = City(out)
        (summary,) = city.truth["summary"]
        self.assertFalse(summary["complete"])
        self.assertEqual(summary["readings"], len(city.sightings))
        self.assertEqual(summary["readings"], len(city.truth["reading"]))

    def test_what_makes_no_sense_is_refused(self):
        cases = {
            (): "--out DIR",
            ("--out", "x", "--server"): "--server",
            ("--out", "-", "--vehicles", "0"): "vehicles",
            ("--out", "-", "--days", "0"): "days",
            ("--out", "-", "--cameras", "0"): "cameras",
            ("--out", "-", "--misread", "1.2"): "misread",
            ("--out", "-", "--start", "yesterday"): "yesterday",
            ("--out", "-", "--start", "2190-01-01"): "1970",
            ("--out", "-", "--tz", "Nowhere/Town"): "Nowhere/Town",
            ("--out", "-", "--scheme", "fr"): "fr",
            ("--out", "-", "--vectors", "some"): "some",
            ("--out", "-", "--roads", "/no/roads"): "/no/roads",
            ("--out", "-", "--truth-readings", "few"): "few",
            ("--out", "-", "--sightings", "0"): "sightings",
            ("--out", "-", "--vehicles", "10", "--sightings", "1000000"): "--vehicles",
            ("--out", "/proc/no"): "/proc/no",
        }
        for arguments, message in cases.items():
            with self.subTest(arguments=arguments):
                refused = simulate(*arguments, cwd=self.folder)
                self.assertEqual(refused.returncode, 2, refused.stderr)
                self.assertIn(message, refused.stderr.decode())
                self.assertEqual(refused.stdout, b"")


if __name__ == "__main__":
    unittest.main()
