"""The life of a case, and its report: every hash is computed anew by RFC 8785 in Python."""

import copy
import hashlib
import html.parser
import json
import re
import unittest

from canonical_json import canonical_bytes
from sightline_server import Server

CAMERAS = [{"id": "K-1", "name": "学院路", "location": {"lon": 116.33, "lat": 39.99}}]
SIGHTINGS = [
    {
        "source_id": "1",
        "camera_id": "K-1",
        "time": "2016-09-21T02:00:00.120Z",
        "plate": "京N6UT45",
        "plate_confidence": 0.97,
        "speed_kmh": 41.5,
        # What canonical forms differ in: numbers, escapes, order beyond the basic plane.
        "attributes": {
            "tiny": 1e-7,
            "huge": 1e21,
            "whole": 5.0,
            "beyond": 9007199254740993,
            "\ufb33": "after the pair",
            "\U0001f600": "before it",
            "text": 'quote " backslash \\ é',
            "sticker": True,
        },
        "vectors": {"vehicle": "AAECAwQFBgcICQoLDA0ODw" + "A" * 149 + "="},
    },
    {"source_id": "2", "camera_id": "K-1", "time": "2016-09-21T02:05:00Z", "plate": "京N6UT46"},
    {"source_id": "3", "camera_id": "K-1", "time": "2016-09-21T09:00:00Z"},
]
PARTS = ["case", "queries", "sightings", "notes", "corrections"]


def sha256(value):
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


class Elements(html.parser.HTMLParser):
    """What a browser would make of a page: its elements' names, and where they lead."""

    def __init__(self):
        super().__init__()
        self.names = []
        self.links = []

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "style")]


class Cases(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.connection = self.server.connect()
        self.addCleanup(lambda: self.connection.close())
        self.connection.post("/v1/cameras", CAMERAS)
        reply = self.connection.post_sightings(SIGHTINGS)
        self.assertEqual(reply.json()["accepted"], len(SIGHTINGS), reply.body)
        rows = self.connection.search({"order": "time_asc"})
        self.ids = [row["id"] for row in rows]

    def ask(self, method, path, body=None, status=200, **named):
        reply = self.connection.request(method, path, body, **named)
        self.assertEqual(reply.status, status, reply.body)
        return reply.json() if reply.body else None

    def restart(self):
        self.connection.close()
        self.server.kill()
        self.server.start()
        self.connection = self.server.connect()

    def filled_case(self):
        case = self.ask("POST", "/v1/cases", {"name": "Stolen Audi", "reference": "京-17"}, 201)
        path = f"/v1/cases/{case['id']}"
        question = {"filter": {"plate": "京N6UT*"}, "order": "time_asc"}
        saved = {"name": "the plate", "target": "/v1/search/sightings", "body": question}
        self.ask("POST", f"{path}/queries", saved, 201)
        ticked = {"sightings": [{"id": self.ids[0], "note": "the car"}, {"id": self.ids[1]}]}
        self.assertEqual(
            self.ask("POST", f"{path}/sightings", ticked)["added"], len(ticked["sightings"])
        )
        self.ask("POST", f"{path}/notes", {"text": "seen twice,\nsame lane \u2028 é"}, 201)
        return path

    def report(self, path):
        reply = self.connection.get(f"{path}/report")
        self.assertEqual(reply.status, 200, reply.body)
        return reply.body, reply.json()

    # --- life --------------------------------------------------------------------------------

    def test_from_creation_to_deletion(self):
        path = self.filled_case()
        self.restart()  # what was answered is durable
        case = self.ask("GET", path)
        self.assertEqual(case["counts"], {"queries": 1, "sightings": 2, "notes": 1})
        self.assertEqual(
            [each["id"] for each in self.ask("GET", "/v1/cases")["cases"]], [case["id"]]
        )

        [query] = self.ask("GET", f"{path}/queries")["queries"]
        answer = self.ask(query["method"], query["target"], query["body"])
        self.assertEqual([row["id"] for row in answer["sightings"]], self.ids[:2])

        again = {"sightings": [{"id": self.ids[1], "note": "later"}, {"id": self.ids[2]}]}
        told = self.ask("POST", f"{path}/sightings", again)
        self.assertEqual((told["added"], told["already"]), (1, 1))
        ticked = self.ask("GET", f"{path}/sightings")["sightings"]
        self.assertEqual([each["sighting"]["id"] for each in ticked], self.ids)
        self.assertEqual([each.get("note") for each in ticked], ["the car", "later", None])
        self.ask("DELETE", f"{path}/sightings/{self.ids[2]}", status=204)
        self.ask("DELETE", f"{path}/sightings/{self.ids[2]}", status=404)

        self.ask("PATCH", path, {"status": "closed"})
        self.ask("POST", f"{path}/notes", {"text": "too late"}, 409)
        self.ask("PATCH", path, {"status": "open", "reference": None})
        self.assertNotIn("reference", self.ask("GET", path))
        [note] = self.ask("GET", f"{path}/notes")["notes"]
        self.ask("DELETE", f"{path}/notes/{note['id']}", status=204)
        self.ask("DELETE", path, status=204)
        self.restart()
        self.ask("GET", path, status=404)
        self.ask("GET", f"{path}/sightings", status=404)
        self.assertEqual(self.ask("GET", "/v1/cases")["cases"], [])

    def test_nobody_overwrites_anothers_change(self):
        path = self.filled_case()
        reply = self.connection.get(path)
        seen = reply.headers["ETag"]
        self.ask("POST", f"{path}/notes", {"text": "mine"}, 201, headers={"If-Match": seen})
        self.ask("PATCH", path, {"name": "Other"}, 412, headers={"If-Match": seen})
        self.ask("DELETE", path, status=412, headers={"If-Match": seen})
        now = self.connection.get(path).headers["ETag"]
        self.assertNotEqual(now, seen)
        self.ask("PATCH", path, {"name": "Other"}, headers={"If-Match": now})
        self.assertEqual(self.ask("GET", path)["name"], "Other")

    def test_refused(self):
        path = self.filled_case()
        before = self.connection.get(path).headers["ETag"]
        for body in [{}, {"name": ""}, {"name": "x", "owner": "y"}, {"name": 7}]:
            self.ask("POST", "/v1/cases", body, 400)
        unknown = {"sightings": [{"id": self.ids[2]}, {"id": self.ids[2][:-4] + "0000"}]}
        self.ask("POST", f"{path}/sightings", unknown, 404)
        self.assertEqual(self.ask("GET", path)["counts"]["sightings"], 2)  # all or none
        for target, body in [
            ("/v1/search/sightings", {"filter": {"plate": 7}}),
            ("/v1/sightings", {"camera_id": "K-1"}),
            ("/v1/cameras", None),
            ("http://elsewhere/v1/plates", None),
        ]:
            saved = {"name": "bad", "target": target} | ({"body": body} if body else {})
            reply = self.connection.post(f"{path}/queries", saved)
            self.assertIn(reply.status, (400, 422), reply.body)
        self.assertEqual(self.connection.get(path).headers["ETag"], before)

    # --- the report --------------------------------------------------------------------------

    def check_hashes(self, body, report):
        """The text is canonical, and each hash is that of what the report holds."""
        self.assertEqual(body.rstrip(b"\n"), canonical_bytes(report))
        self.assertEqual(sorted(report["part_sha256"]), sorted(PARTS))
        for part in PARTS:
            self.assertEqual(report["part_sha256"][part], sha256(report[part]), part)
        unsealed = {name: value for name, value in report.items() if name != "sha256"}
        self.assertEqual(report["sha256"], sha256(unsealed))

    def test_every_hash_is_computed_anew(self):
        path = self.filled_case()
        self.ask("PATCH", f"/v1/sightings/{self.ids[1]}", {"plate": "京N6UT45", "note": "same car"})
        self.restart()
        body, report = self.report(path)
        self.check_hashes(body, report)
        self.assertEqual(report["format"], "sightline-case-report-1")
        self.assertEqual(report["case"]["name"], "Stolen Audi")
        first, second = report["sightings"]
        self.assertEqual(first["sighting"], first["seen"])
        attributes = dict(SIGHTINGS[0]["attributes"], beyond="9007199254740993")
        self.assertEqual(first["sighting"]["attributes"], attributes)
        self.assertEqual(first["sighting"]["vectors"], SIGHTINGS[0]["vectors"])
        # What was seen stays; what stands now is beside it, and why.
        self.assertEqual(second["seen"]["plate"], "京N6UT46")
        self.assertEqual(second["sighting"]["plate"], "京N6UT45")
        [correction] = report["corrections"]
        self.assertEqual((correction["sighting_id"], correction["note"]), (self.ids[1], "same car"))
        [query] = report["queries"]
        self.assertEqual(query["body"]["filter"], {"plate": "京N6UT*"})
        # The audit trail holds the same hash.
        records = self.ask("GET", "/v1/audit?limit=5")["records"]
        self.assertIn(report["sha256"], json.dumps(records))

    def test_changed_reports_are_found_out(self):
        _, report = self.report(self.filled_case())

        def verified(value):
            file = self.server.directory / "report.json"
            file.write_text(json.dumps(value), encoding="utf-8")
            return self.server.command("case", "verify", file).returncode == 0

        self.assertTrue(verified(report))
        self.assertTrue(verified(dict(reversed(report.items()))))  # the order does not matter
        for change in [
            lambda each: each["sightings"][0]["sighting"].update(plate="京N6UT99"),
            lambda each: each["notes"][0].update(text="seen once"),
            lambda each: each["sightings"].pop(),
            lambda each: each.update(exported="2016-01-01T00:00:00.000Z"),
            lambda each: each["exported_by"].update(name="another"),
            lambda each: each["part_sha256"].update(notes="0" * 64),
            lambda each: each.update(added=1),
        ]:
            changed = copy.deepcopy(report)
            change(changed)
            self.assertFalse(verified(changed))

    def test_the_page_for_people_bears_the_same_report(self):
        path = self.filled_case()
        hostile = "<!--<script></script><script>alert(1)</script><img src=x onerror=alert(2)>"
        self.ask("POST", f"{path}/notes", {"text": hostile}, 201)
        case = path.rsplit("/", 1)[1]
        run = self.server.command("case", "report", case, "--out", "report.html")
        self.assertEqual(run.returncode, 0, run.stderr)
        page = (self.server.directory / "report.html").read_text(encoding="utf-8")
        elements = Elements()
        elements.feed(page)
        self.assertNotIn("img", elements.names)
        self.assertEqual(elements.names.count("script"), 1)
        self.assertEqual(elements.names[-1], "script")
        self.assertEqual(elements.links, [])
        [inside] = re.findall(r"<script type=\"application/json\"[^>]*>(.*?)</script>", page, re.S)
        self.assertNotIn("<!--", inside)
        report = json.loads(inside)
        self.assertEqual(
            report["sha256"], sha256({k: v for k, v in report.items() if k != "sha256"})
        )
        self.assertIn(report["sha256"], page)
        # Notes of one millisecond come in no particular order.
        self.assertIn(hostile, [note["text"] for note in report["notes"]])
        self.assertEqual(self.server.command("case", "verify", "report.html").returncode, 0)

    def test_what_retention_deleted_is_kept_in_the_case(self):
        path = self.filled_case()
        _, before = self.report(path)
        self.server.options = ["--retention-days", "30"]  # 2016 is over
        self.connection.close()
        self.server.restart()
        self.connection = self.server.connect()
        # Retention runs behind the start; its answer says when it is done.
        while self.ask("GET", "/v1/status")["counts"]["sightings"]:
            pass
        for row in self.ask("GET", f"{path}/sightings")["sightings"]:
            self.assertTrue(row["gone"])
            self.assertNotIn("sighting", row)
        body, report = self.report(path)
        self.check_hashes(body, report)
        self.assertEqual(
            [each["seen"] for each in report["sightings"]],
            [each["seen"] for each in before["sightings"]],
        )


if __name__ == "__main__":
    unittest.main()
