"""PATCH of a sighting: every question uses the correction from then on, and tells of it.

The same questions are asked of rows that just came, of sealed segments that hold the reading as it
came, of segments that hold the correction, and after a restart.
"""

import json
import unittest

from filter_model import milliseconds
from sightline_server import Server

DAY_MS = 86_400_000
BASE_MS = milliseconds("2024-03-05T00:00:00Z")
CAMERAS = [
    {"id": "K-1", "location": {"lon": 114.05, "lat": 22.54}},
    {"id": "K-2", "location": {"lon": 114.10, "lat": 22.55}},
]
# Segments are written when nothing came for a moment; a large number waits for that.
SEALING = ("--seal-idle-ms", 50)

AREA = {
    "type": "Polygon",
    "coordinates": [[[114.0, 22.5], [114.07, 22.5], [114.07, 22.6], [114.0, 22.6], [114.0, 22.5]]],
}


def sightings():
    """Three days of four vehicles; what is to be corrected is the misread in the middle."""
    for number in range(60):
        yield {
            "source_id": f"s{number}",
            "camera_id": CAMERAS[number % 2]["id"],
            "time": BASE_MS + number * 3_600_000 + number,
            "plate": ["粤BD6A88", "粤B12345", "粤BX9999", "粤B77777"][number % 4],
            "plate_confidence": 0.9,
            "attributes": {"color": ["red", "blue"][number % 2], "type": "sedan"},
        }
    yield {
        "source_id": "misread",
        "camera_id": "K-1",
        "time": BASE_MS + DAY_MS + 1234,
        "plate": "粤b·D6A8B",
        "plate_confidence": 0.4,
        "attributes": {"color": "red", "type": "sedan"},
    }
    yield {
        "source_id": "unread",
        "camera_id": "K-2",
        "time": BASE_MS + DAY_MS + 5678,
        "attributes": {"color": "white"},
    }


class Corrections(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server(SEALING))
        self.connect()
        self.assertEqual(self.connection.post("/v1/cameras", CAMERAS).status, 200)
        reply = self.connection.post_sightings(list(sightings()))
        self.assertEqual(reply.json()["accepted"], 62)

    def connect(self):
        self.connection = self.server.connect()
        self.addCleanup(self.connection.close)

    def found(self, filter_, **more):
        """The source ids of the answer, in order of time; page by page and as a stream."""
        body = {"filter": filter_, "order": "time_asc"} | more
        pages = [row["source_id"] for row in self.connection.search(body | {"limit": 7})]
        stream = [row["source_id"] for row in self.connection.stream(body)]
        self.assertEqual(pages, stream)
        return pages

    def row(self, source_id):
        rows = self.connection.search({"filter": {}, "limit": 1000})
        return next(row for row in rows if row["source_id"] == source_id)

    def patch(self, row, patch, status=200):
        reply = self.connection.request("PATCH", f"/v1/sightings/{row['id']}", patch)
        self.assertEqual(reply.status, status, reply.body)
        return reply.json()

    def everywhere(self, check):
        """In every state that the index can be in."""
        with self.subTest("just corrected"):
            check()
        self.server.wait_until_sealed()
        with self.subTest("the correction is sealed"):
            check()
        self.server.restart()
        self.connect()
        with self.subTest("after a restart"):
            check()
        self.server.kill()
        self.server.start()
        self.connect()
        with self.subTest("after a crash"):
            check()

    def test_a_plate_is_corrected(self):
        self.server.wait_until_sealed()  # so that a segment holds the reading as it came
        before = self.row("misread")
        self.assertEqual((before["plate"], before["plate_read"]), ("粤BD6A8B", "粤b·D6A8B"))
        now = self.patch(before, {"plate": "粤BD6A88", "note": "looked at the picture"})
        self.assertEqual((now["plate"], now["plate_read"]), ("粤BD6A88", "粤b·D6A8B"))
        self.assertTrue(now["corrected"])
        at = now["as_of"]
        his = [f"s{number}" for number in range(0, 60, 4)]
        with_it = his[:7] + ["misread"] + his[7:]  # s24 comes 24 ms after midnight and before it
        day = {"from": BASE_MS + DAY_MS, "to": BASE_MS + 2 * DAY_MS}

        def check():
            self.assertEqual(self.found({"plate": "粤BD6A88"}), with_it)
            self.assertEqual(self.found({"plate": "粤BD6A8B"}), [])
            self.assertEqual(self.found({"plate": "*D6A8?"}), with_it)
            self.assertEqual(self.found({"plate": "*8B"}), [])
            self.assertEqual(self.found({"plate": "粤BD6A88", "time": day})[:2], ["s24", "misread"])
            self.assertEqual(
                self.found({"plate_like": {"text": "粤BD6A88", "max_distance": 0}}), with_it
            )
            self.assertEqual(self.found({"plate": "粤BD*", "cameras": ["K-1"]}), with_it)
            self.assertEqual(self.found({"plate": "粤BD*", "area": AREA}), with_it)
            self.assertEqual(self.found({"plate": "粤BD*", "attributes": {"color": "red"}}), with_it)
            # As it was before, and as it is since.
            self.assertEqual(self.found({"plate": "粤BD6A8B"}, as_of=at - 1), ["misread"])
            self.assertEqual(self.found({"plate": "粤BD6A88"}, as_of=at - 1), his)
            self.assertEqual(self.found({"plate": "粤BD6A88"}, as_of=at), with_it)
            path = f"/v1/sightings/{before['id']}"
            self.assertEqual(self.connection.get(path).json()["plate"], "粤BD6A88")
            old = self.connection.get(f"{path}?as_of={at - 1}").json()
            self.assertEqual(old["plate"], "粤BD6A8B")
            self.assertNotIn("corrected", old)
            counts = self.plate_counts()
            self.assertEqual(counts["粤BD6A88"], 16)
            self.assertNotIn("粤BD6A8B", counts)
            self.assertEqual(len(self.trajectory("粤BD6A88")), 16)
            self.assertEqual(self.trajectory("粤BD6A8B"), [])

        self.everywhere(check)

    def plate_counts(self):
        answer = self.connection.get("/v1/plates?limit=1000").json()
        return {each["plate"]: each["count"] for each in answer["plates"]}

    def trajectory(self, plate):
        path = f"/v1/plates/{'%'.join(['', *plate.encode().hex(' ').split()])}/trajectory"
        features = self.connection.get(path).json()["features"]
        return [each for each in features if each["properties"].get("id")]

    def test_attributes_are_corrected(self):
        self.server.wait_until_sealed()
        row = self.row("s10")  # red
        patch = {"attributes": {"color": "green", "type": None, "roof_box": True, "axles": 3}}
        at = self.patch(row, patch)["as_of"]
        green, sedans = ["s10"], [f"s{each}" for each in range(60) if each != 10]

        def check():
            self.assertEqual(self.found({"attributes": {"color": "green"}}), green)
            self.assertEqual(self.found({"attributes": {"roof_box": True}}), green)
            self.assertEqual(self.found({"attributes": {"roof_box": 1}}), [])
            self.assertEqual(self.found({"attributes": {"axles": 3.0}}), green)
            found = self.found({"attributes": {"type": "sedan"}})
            self.assertEqual(sorted(found), sorted([*sedans, "misread"]))
            self.assertNotIn("s10", self.found({"attributes": {"color": "red"}}))
            self.assertIn("s10", self.found({"attributes": {"color": "red"}}, as_of=at - 1))
            self.assertEqual(self.found({"attributes": {"color": "green"}}, as_of=at - 1), [])
            self.assertEqual(
                self.row("s10")["attributes"], {"color": "green", "roof_box": True, "axles": 3}
            )

        self.everywhere(check)

    def test_read_after_all_and_not_read_after_all(self):
        self.server.wait_until_sealed()
        self.patch(self.row("unread"), {"plate": "粤B00001"})
        self.patch(self.row("s5"), {"plate": None})

        def check():
            self.assertEqual(self.found({"plate": "粤B00001"}), ["unread"])
            self.assertNotIn("plate_read", self.row("unread"))
            self.assertNotIn("s5", self.found({"plate": "*"}))
            self.assertNotIn("plate", self.row("s5"))
            self.assertEqual(self.row("s5")["plate_read"], "粤B12345")
            self.assertIn("s5", self.found({"attributes": {"color": "blue"}}))

        self.everywhere(check)

    def test_again_and_again(self):
        for number in range(30):
            patch = {"plate": f"TRY{number}", "attributes": {"try": number}}
            self.patch(self.row("s7"), patch)
            if number % 7 == 0:
                self.server.wait_until_sealed()

        def check():
            self.assertEqual(self.found({"plate": "TRY*"}), ["s7"])
            self.assertEqual(self.found({"plate": "TRY29"}), ["s7"])
            self.assertEqual(self.found({"attributes": {"try": 29}}), ["s7"])
            self.assertEqual(self.found({"attributes": {"try": 28}}), [])
            self.assertEqual(len(self.corrections()), 30)

        self.everywhere(check)

    def test_a_resend_stays_a_duplicate(self):
        self.patch(self.row("misread"), {"plate": "粤BD6A88"})
        again = self.connection.post_sightings(list(sightings())).json()
        self.assertEqual((again["accepted"], again["duplicates"]), (0, 62))
        self.assertEqual(self.row("misread")["plate"], "粤BD6A88")

    def corrections(self):
        rows, token = [], ""
        while token is not None:
            answer = self.connection.get(f"/v1/corrections?limit=7{token}").json()
            rows += answer["corrections"]
            token = answer.get("next_page_token")
            token = token and f"&page_token={token}"
        reply = self.connection.get("/v1/corrections", headers={"Accept": "application/x-ndjson"})
        self.assertEqual(rows, [json.loads(line) for line in reply.body.splitlines()])
        return rows

    def test_what_was_before_and_after_is_told(self):
        row = self.row("misread")
        self.patch(
            row,
            {"plate": "粤BD6A88", "attributes": {"color": "gray", "wing": "左"}, "note": "why\nso"},
        )
        self.patch(row, {"attributes": {"wing": None}})
        newest, first = self.corrections()
        self.assertEqual(first["sighting_id"], row["id"])
        self.assertEqual(first["camera_id"], "K-1")
        self.assertEqual(milliseconds(first["time"]), BASE_MS + DAY_MS + 1234)
        self.assertEqual((first["plate_before"], first["plate"]), ("粤BD6A8B", "粤BD6A88"))
        self.assertEqual(first["attributes_before"], {"color": "red", "wing": None})
        self.assertEqual(first["attributes"], {"color": "gray", "wing": "左"})
        self.assertEqual(first["note"], "why\nso")
        self.assertEqual(
            (newest["attributes_before"], newest["attributes"]), ({"wing": "左"}, {"wing": None})
        )
        self.assertNotIn("plate", newest)
        made = milliseconds(first["corrected_at"])
        path = f"/v1/corrections?from={made}&to={milliseconds(newest['corrected_at']) + 1}"
        self.assertEqual(len(self.connection.get(path).json()["corrections"]), 2)
        path = f"/v1/corrections?to={made}"
        self.assertEqual(self.connection.get(path).json()["corrections"], [])

    def test_refused(self):
        row = self.row("s1")
        self.patch({"id": "4d4b0016165100b493b69b7b665437a1fd53"}, {"plate": "A"}, 404)
        self.patch({"id": "none"}, {"plate": "A"}, 404)
        for patch in [
            {},
            {"note": "only"},
            {"plate": row["plate"]},
            {"attributes": {"color": row["attributes"]["color"]}},
            {"attributes": {"absent": None}},
            {"plate": "!"},
            {"plate": 7},
            {"attributes": {"color": {"r": 1}}},
            {"time": 0},
        ]:
            with self.subTest(json.dumps(patch)):
                self.patch(row, patch, 400)
        self.assertEqual(self.corrections(), [])
        reply = self.connection.request(
            "PATCH", f"/v1/sightings/{row['id']}", {"plate": "A"}, headers={"X-Purpose": ""}
        )
        self.assertEqual(reply.status, 422)
        for role, status in [("reader", 403), ("writer", 403), ("corrector", 200)]:
            made = self.connection.post("/v1/tokens", {"name": role, "roles": [role]}).json()
            reply = self.connection.request(
                "PATCH",
                f"/v1/sightings/{row['id']}",
                {"plate": f"A{status}"},
                headers={"Authorization": f"Bearer {made['token']}"},
            )
            self.assertEqual(reply.status, status, reply.body)
        self.assertEqual([each["by"] for each in self.corrections()], ["corrector"])


if __name__ == "__main__":
    unittest.main()
