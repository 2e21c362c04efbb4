"""The command line against a real server: what scripts rely on, exit statuses and outputs."""

import csv
import gzip
import io
import json
import subprocess
import unittest

from sightline_server import BIN, Server, environment, ndjson

OK, FAILED, USAGE, UNREACHABLE, REJECTED, NOT_FOUND = 0, 1, 2, 3, 4, 5

CAMERAS = [
    {"id": "K-1", "name": "学院路", "location": {"lon": 116.33, "lat": 39.99}, "heading_deg": 90},
    {"id": "K-2", "name": 'North, "gate"', "location": {"lon": 116.34, "lat": 39.98}},
]
SIGHTINGS = [
    {
        "source_id": "1",
        "camera_id": "K-1",
        "time": "2016-09-21T02:00:00.120Z",
        "plate": "京N6UT45",
        "attributes": {"color": "silver"},
        "speed_kmh": 41.5,
    },
    {"source_id": "2", "camera_id": "K-2", "time": "2016-09-21T02:05:00.000Z", "plate": "京N6UT45"},
    {"source_id": "3", "camera_id": "K-1", "time": "2016-09-21T09:00:00.000Z", "plate": "京N6UT45"},
    {
        "source_id": "4",
        "camera_id": "K-1",
        "time": "2016-09-21T10:00:00.000Z",
        "plate": "ABC123",
        "attributes": {"color": "gray"},
    },
]


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.write("cameras.ndjson", ndjson(CAMERAS))
        cls.write("sightings.ndjson", ndjson(SIGHTINGS))
        for arguments in [("cameras", "import", "cameras.ndjson"), ("import", "sightings.ndjson")]:
            run = cls.sightline(*arguments)
            assert run.returncode == OK, run.stderr

    @classmethod
    def write(cls, name, content):
        (cls.server.directory / name).write_bytes(content)

    @classmethod
    def sightline(cls, *arguments, stdin=None, **variables):
        settings = {
            "SIGHTLINE_URL": cls.server.url,
            "SIGHTLINE_TOKEN_FILE": str(cls.server.token_file),
            "SIGHTLINE_PURPOSE": "test of the command line",
            "XDG_STATE_HOME": str(cls.server.directory),
        }
        return subprocess.run(
            [BIN / "sightline", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=environment() | settings | variables,
            cwd=cls.server.directory,
            timeout=60,
        )

    def output(self, *arguments, **named):
        run = self.sightline(*arguments, **named)
        self.assertEqual(run.returncode, OK, run.stderr)
        return run.stdout

    def table(self, *arguments):
        return list(csv.DictReader(io.StringIO(self.output("--csv", *arguments))))

    def test_exit_statuses(self):
        self.write("bad.ndjson", b'{"camera_id": "K-1", "time": "never"}\n')
        for arguments, variables, status in [
            (["version"], {}, OK),
            (["--version"], {}, OK),
            (["help", "import"], {}, OK),
            (["--help"], {}, OK),
            (["search", "--help"], {}, OK),
            ([], {}, USAGE),
            (["fly"], {}, USAGE),
            (["search", "--limit", "0"], {}, USAGE),
            (["search", "--from", "yesterday"], {}, USAGE),
            (["search", "--plate", ""], {}, USAGE),
            (["plates", "--match", ""], {}, USAGE),
            (["import", "missing.ndjson"], {}, USAGE),
            (["import", "bad.ndjson"], {}, REJECTED),
            (["sighting", "0" * 36], {}, NOT_FOUND),
            (["status"], {"SIGHTLINE_TOKEN_FILE": "", "SIGHTLINE_TOKEN": "wrong"}, FAILED),
            (["search"], {"SIGHTLINE_PURPOSE": "x"}, FAILED),
            (["status"], {"SIGHTLINE_URL": "http://127.0.0.1:1"}, UNREACHABLE),
        ]:
            with self.subTest(arguments=arguments):
                run = self.sightline(*arguments, **variables)
                self.assertEqual(run.returncode, status, run.stderr)
                if status not in (OK,):
                    self.assertTrue(run.stderr.strip())

    def test_search(self):
        found = json.loads(self.output("--json", "search", "--plate", "京N*", "--order", "time_asc"))
        self.assertEqual([row["source_id"] for row in found["sightings"]], ["1", "2", "3"])
        rows = self.table("search", "--plate", "京N6UT45", "--order", "time_asc")
        self.assertEqual([row["time"] for row in rows], [each["time"] for each in SIGHTINGS[:3]])
        self.assertEqual([row["camera_id"] for row in rows], ["K-1", "K-2", "K-1"])

    def test_search_narrows(self):
        for arguments, sources in [
            (["--camera", "K-2"], ["2"]),
            (["--attribute", "color=silver", "--attribute", "color=gray"], ["1", "4"]),
            (["--near", "116.34,39.98,100"], ["2"]),
            (["--from", "2016-09-21T02:05:00Z", "--to", "2016-09-21T10:00:00Z"], ["2", "3"]),
            (["--from", "2016-09-21 17:00", "--tz", "Asia/Shanghai"], ["3", "4"]),
            (["--plate", "nobody"], []),
        ]:
            with self.subTest(arguments=arguments):
                lines = self.output("--json", "search", "--all", "--order", "time_asc", *arguments)
                self.assertEqual(
                    [json.loads(line)["source_id"] for line in lines.splitlines()], sources
                )

    def test_tables_are_for_people(self):
        text = self.output("search", "--plate", "ABC123", "--tz", "Asia/Shanghai")
        self.assertIn("ABC123", text)
        self.assertIn("18:00:00", text)
        self.assertNotIn("\x1b", text)

    def test_plates(self):
        self.assertEqual(
            [(row["plate"], row["count"]) for row in self.table("plates")],
            [("ABC123", "1"), ("京N6UT45", "3")],
        )
        self.assertEqual(
            [row["plate"] for row in self.table("plates", "--match", "A*")], ["ABC123"]
        )

    def test_an_old_answer_again(self):
        self.assertEqual(self.table("plates", "--as-of", "0"), [])
        self.assertEqual(self.table("search", "--as-of", "0"), [])
        as_of = str(json.loads(self.output("--json", "plates"))["as_of"])
        self.assertEqual(len(self.table("plates", "--as-of", as_of)), 2)
        found = json.loads(self.output("--json", "trajectory", "ABC123", "--as-of", "0"))
        self.assertEqual(found["features"], [])

    def test_nothing_found_is_said(self):
        run = self.sightline("search", "--plate", "nobody")
        self.assertEqual((run.returncode, run.stderr), (OK, "no sightings\n"))

    def test_trajectory_in_every_format(self):
        for name, mark in [
            ("geojson", '"FeatureCollection"'),
            ("mfjson", '"MovingPoint"'),
            ("gpx", "<gpx"),
            ("kml", "<kml"),
            ("csv", "time"),
        ]:
            with self.subTest(format=name):
                self.output("trajectory", "京N6UT45", "--format", name, "-o", f"track.{name}")
                self.assertIn(
                    mark, (self.server.directory / f"track.{name}").read_text(encoding="utf-8")
                )
        text = self.output("trajectory", "京N6UT45")
        self.assertIn("K-2", text)

    def test_cameras(self):
        rows = self.table("cameras", "list")
        self.assertEqual(
            [(row["id"], row["name"], row["lon"]) for row in rows],
            [(each["id"], each["name"], str(each["location"]["lon"])) for each in CAMERAS],
        )
        self.assertEqual(
            json.loads(self.output("--json", "cameras", "list"))["type"], "FeatureCollection"
        )
        box = self.table("cameras", "list", "--bbox", "116.335,39.97,116.35,39.99")
        self.assertEqual([row["id"] for row in box], ["K-2"])

    def test_import_from_standard_input_and_gzip(self):
        again = self.output(
            "--json", "import", "-", "--format", "ndjson", stdin=ndjson(SIGHTINGS).decode()
        )
        self.assertEqual(json.loads(again), {"accepted": 0, "duplicates": 4, "rejected": 0})
        self.write("again.ndjson.gz", gzip.compress(ndjson(SIGHTINGS)))
        again = self.output("--json", "import", "again.ndjson.gz")
        self.assertEqual(json.loads(again), {"accepted": 0, "duplicates": 4, "rejected": 0})

    def test_tokens(self):
        made = json.loads(
            self.output("--json", "token", "create", "--name", "gateway", "--role", "writer")
        )
        listed = json.loads(self.output("--json", "token", "list"))["tokens"]
        self.assertIn(made["id"], [each["id"] for each in listed])
        secret = {"SIGHTLINE_TOKEN_FILE": "", "SIGHTLINE_TOKEN": made["token"]}
        self.assertEqual(self.sightline("search", **secret).returncode, FAILED)
        self.assertEqual(self.sightline("import", "sightings.ndjson", **secret).returncode, OK)
        self.output("token", "revoke", made["id"])
        self.assertEqual(self.sightline("import", "sightings.ndjson", **secret).returncode, FAILED)

    def test_status_and_audit(self):
        self.assertEqual(
            json.loads(self.output("--json", "status"))["counts"]["sightings"], len(SIGHTINGS)
        )
        self.output("search", "--plate", "AUDITED", "--case", "C-17")
        records = json.loads(self.output("--json", "audit", "--limit", "5"))["records"]
        newest = records[0]
        self.assertEqual((newest["purpose"], newest["case"]), ("test of the command line", "C-17"))
        self.assertIn("AUDITED", json.dumps(newest))

    def test_completion_is_a_shell_script(self):
        script = self.output("completion", "bash")
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


if __name__ == "__main__":
    unittest.main()
