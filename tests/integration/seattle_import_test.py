"""A real CSV imported by the command line as it is, recounted here row by row."""

import collections
import csv
import datetime
import gzip
import json
import subprocess
import unittest
import zoneinfo

import real_data
from sightline_server import BIN, PURPOSE, Server, environment

ROWS = 93_490
LOCAL = zoneinfo.ZoneInfo("America/Los_Angeles")
FILE = real_data.folder("seattle-alpr") / "spd-alpr-pub.csv.gz"


def instant(text):
    local = datetime.datetime.strptime(text, "%m/%d/%Y - %H:%M:%S").replace(tzinfo=LOCAL)
    return local.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def place(row):
    return None if row["lon"] == "NA" else (float(row["lon"]), float(row["lat"]))


class SeattleImport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with gzip.open(FILE, "rt", newline="") as lines:
            cls.rows = [
                (row["device"], row["plate_hash"].upper(), instant(row["dt"]), place(row))
                for row in csv.DictReader(lines, delimiter="|")
            ]
        cls.server = cls.enterClassContext(Server())
        cls.connection = cls.server.connect()
        cls.addClassCleanup(cls.connection.close)
        cls.first = cls.run_import()

    @classmethod
    def run_import(cls):
        """The counts that the import reports."""
        run = subprocess.run(
            [
                BIN / "sightline",
                "--url",
                cls.server.url,
                "--token-file",
                cls.server.token_file,
                "--purpose",
                PURPOSE,
                "--json",
                "import",
                FILE,
                "--map",
                "plate=plate_hash,time=dt,camera=device,lon=lon,lat=lat",
                "--delimiter",
                "|",
                "--null",
                "NA",
                "--camera-kind",
                "mobile",
                "--time-format",
                "%m/%d/%Y - %H:%M:%S",
                "--tz",
                "America/Los_Angeles",
                "--no-resume",
                "--report",
                cls.server.directory / "report.ndjson",
            ],
            capture_output=True,
            text=True,
            env=environment(),
            cwd=cls.server.directory,
        )
        assert run.returncode == 0, (run.returncode, run.stdout, run.stderr)
        return json.loads(run.stdout)

    def expected_counts(self):
        """A row is a duplicate when camera, plate and time were there before; none is malformed."""
        distinct = len({row[:3] for row in self.rows})
        return {"accepted": distinct, "duplicates": len(self.rows) - distinct, "rejected": 0}

    def counts(self, answer):
        return {name: answer[name] for name in ("accepted", "duplicates", "rejected")}

    def test_every_row_is_accounted_for(self):
        self.assertEqual(len(self.rows), ROWS)
        self.assertEqual(self.counts(self.first), self.expected_counts())
        self.assertEqual(sum(self.counts(self.first).values()), ROWS)

    def test_a_second_import_adds_nothing(self):
        self.assertEqual(
            self.counts(self.run_import()), {"accepted": 0, "duplicates": ROWS, "rejected": 0}
        )
        with open(self.server.directory / "report.ndjson", encoding="utf-8") as report:
            told = [json.loads(line) for line in report]
        self.assertEqual({each["outcome"] for each in told}, {"duplicate"})
        self.assertEqual(sum(each.get("count", 1) for each in told), ROWS)

    def test_what_is_stored_equals_the_file(self):
        stored = [
            (
                row["camera_id"],
                row["plate"],
                row["time"],
                (row["location"]["lon"], row["location"]["lat"]) if "location" in row else None,
            )
            for row in self.connection.stream({"filter": {}})
        ]
        self.assertEqual(collections.Counter(stored), collections.Counter(set(self.rows)))

    def test_readings_without_a_position_are_found_by_plate_and_time(self):
        without = [row for row in self.rows if row[3] is None]
        self.assertEqual(len(without), 24_705)
        for camera, plate, time, _ in without[::500]:
            with self.subTest(plate=plate, time=time):
                end = datetime.datetime.fromisoformat(time) + datetime.timedelta(seconds=1)
                found = self.connection.search(
                    {"filter": {"plate": plate, "time": {"from": time, "to": end.isoformat()}}}
                )
                self.assertIn(
                    (camera, plate, time),
                    [(row["camera_id"], row["plate"], row["time"]) for row in found],
                )

    def test_readings_without_a_position_are_not_in_an_area(self):
        everywhere = {
            "type": "Polygon",
            "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]],
        }
        rows = self.connection.stream({"filter": {"area": everywhere}})
        self.assertEqual(len(rows), sum(row[3] is not None for row in set(self.rows)))

    def test_readers_are_mobile_cameras(self):
        features = self.connection.get("/v1/cameras?limit=1000").json()["features"]
        self.assertEqual(
            {each["properties"]["id"]: each["properties"]["kind"] for each in features},
            {row[0]: "mobile" for row in self.rows},
        )


if __name__ == "__main__":
    unittest.main()
