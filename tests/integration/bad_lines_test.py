"""Every kind of bad line inside one good stream is reported and costs itself alone."""

import base64
import datetime
import gzip
import json
import re
import unittest

from sightline_server import Server

CAMERA = "K-1"
TIME = "2016-09-21T10:22:36.120+08:00"
GOOD_BETWEEN = 3


def line(**members):
    """A good sighting as JSON text, but for `members`; a member that is None is left out."""
    whole = {"camera_id": CAMERA, "time": TIME, "plate": "BAD1"} | members
    return json.dumps({name: value for name, value in whole.items() if value is not None})


def vector(space, size):
    return {space: base64.b64encode(bytes(size)).decode()}


def in_two_hours():
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=2)).isoformat()


def with_raw(member, raw):
    return line(lane=1).replace('"lane": 1', f'"{member}": {raw}')


# What is wrong, the text, the member at fault (a JSON pointer), a word that the reason must hold.
# These are values that stand alone, so they can be elements of an array too.
BAD_ELEMENTS = [
    ("time missing", line(time=None), "/time", "missing"),
    ("time in words", line(time="yesterday"), "/time", "RFC 3339"),
    ("time without an offset", line(time="2016-09-21T10:22:36"), "/time", "offset|RFC 3339"),
    ("time that does not exist", line(time="2016-02-30T10:22:36Z"), "/time", "RFC 3339|day"),
    ("time beyond all days", line(time=10**17), "/time", "range|between|outside"),
    ("time of another type", line(time=True), "/time", "time|RFC 3339|integer"),
    ("time too far ahead", line(time=in_two_hours()), "/time", "ahead|future"),
    ("camera missing", line(camera_id=None), "/camera_id", "missing"),
    ("camera empty", line(camera_id=""), "/camera_id", "empty|at least|1 to"),
    ("camera of another type", line(camera_id=12), "/camera_id", "string"),
    ("camera with control characters", line(camera_id="K\u00071"), "/camera_id", "control"),
    ("camera name of 100 KB", line(camera_id="K" * 100_000), "/camera_id", "max_camera_id_bytes"),
    (
        "camera unknown and no position",
        line(camera_id="nowhere"),
        "/camera_id",
        "not known|unknown",
    ),
    ("source of 100 KB", line(source_id="s" * 100_000), "/source_id", "max_source_id_bytes"),
    ("plate of 100 KB", line(plate="A" * 100_000), "/plate", "bytes"),
    ("plate of 65 letters", line(plate="A" * 65), "/plate", "64"),
    ("plate of signs", line(plate="A!B"), "/plate", "letters and digits"),
    ("plate of nothing but separators", line(plate="- ."), "/plate", "letters or digits"),
    ("plate of another type", line(plate=[]), "/plate", "string"),
    ("confidence above 1", line(plate_confidence=1.5), "/plate_confidence", "0.*1"),
    ("confidence in words", line(plate_confidence="high"), "/plate_confidence", "number"),
    ("latitude beyond the pole", line(location={"lon": 0, "lat": 91}), "/location/lat", "90"),
    ("longitude missing", line(location={"lat": 1}), "/location/lon", "missing"),
    ("location as a pair", line(location=[116.3, 39.9]), "/location", "object"),
    (
        "location with a height",
        line(location={"lon": 1, "lat": 1, "alt": 5}),
        "/location/alt",
        "unknown|not a known",
    ),
    ("lane in fractions", line(lane=1.5), "/lane", "integer|whole"),
    ("speed below nothing", line(speed_kmh=-1), "/speed_kmh", "0"),
    ("vector too short", line(vectors=vector("vehicle", 127)), "/vectors/vehicle", "128"),
    ("vector too long", line(vectors=vector("detail", 513)), "/vectors/detail", "512"),
    ("vector of an unknown space", line(vectors=vector("face", 128)), "/vectors/face", "space"),
    (
        "vector that is not base64",
        line(vectors={"vehicle": "*" * 172}),
        "/vectors/vehicle",
        "base64",
    ),
    (
        "attribute within an attribute",
        line(attributes={"a": {"b": 1}}),
        "/attributes/a",
        "string, a number or a boolean",
    ),
    (
        "attributes without end",
        line(attributes={str(n): n for n in range(65)}),
        "/attributes",
        "max_attributes",
    ),
    (
        "attribute of 100 KB",
        line(attributes={"a": "x" * 100_000}),
        "/attributes/a",
        "max_attribute_value_bytes",
    ),
    ("image of 100 KB", line(image="https://" + "x" * 100_000), "/image", "max_image_bytes"),
    ("unknown member", line(colour="red"), "/colour", "unknown|not a known"),
    ("member given twice", line(lane=1)[:-1] + ', "lane": 2}', "/lane", "twice|repeated|once"),
    ("NaN", with_raw("speed_kmh", "NaN"), None, "JSON"),
    ("Infinity", with_raw("speed_kmh", "-Infinity"), None, "JSON"),
    ("number beyond doubles", with_raw("speed_kmh", "1e999"), None, "JSON|number"),
    ("half a surrogate pair", with_raw("image", r'"\ud800"'), None, "UTF-8|JSON|string"),
    (
        "nested a thousand deep",
        with_raw("attributes", '{"a":' * 1000 + "1" + "}" * 1000),
        None,
        "deep|nest",
    ),
    ("a number", "42", None, "object"),
    ("a string", '"sighting"', None, "object"),
    ("an array", "[1, 2]", None, "object"),
    ("nothing", "null", None, "object"),
    ("over max_line_bytes", line(image="x" * 5_000_000), None, "max_line_bytes"),
]
# These break the text around them, so only lines of their own can hold them.
BAD_LINES = BAD_ELEMENTS + [
    ("cut off", line()[:-10], None, "JSON|ends"),
    ("two objects in one line", line() + line(), None, "JSON"),
    ("words behind the object", line() + " x", None, "JSON"),
    ("single quotes", line().replace('"', "'"), None, "JSON"),
    ("no JSON at all", "camera;time;plate", None, "JSON"),
    ("a zero byte", "\0" + line(), None, "JSON"),
]
INVALID_UTF8 = [
    (
        "a byte that is not UTF-8",
        line(plate="X").encode().replace(b"X", b"\xff\xfe"),
        None,
        "UTF-8",
    ),
    (
        "a surrogate in UTF-8",
        line(plate="X").encode().replace(b"X", b"\xed\xa0\x80"),
        None,
        "UTF-8",
    ),
]


def in_bytes(cases):
    return [(name, text.encode(), field, word) for name, text, field, word in cases] + INVALID_UTF8


class BadLines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.connection = cls.server.connect()
        cls.addClassCleanup(cls.connection.close)
        created = cls.connection.post(
            "/v1/cameras", {"id": CAMERA, "location": {"lon": 116.3, "lat": 39.9}}
        )
        assert created.json()["created"] == 1, created.body

    def mix(self, cases, source):
        """[(text, case or None)]: each bad one between good ones, whose ids start with `source`."""
        mixed = []
        for number, case in enumerate(cases):
            for good in range(GOOD_BETWEEN):
                text = line(source_id=f"{source}-{number}-{good}", plate=f"GOOD{good}")
                mixed.append((text.encode(), None))
            mixed.append((case[1], case))
        mixed.append((line(source_id=f"{source}-last", plate="GOOD9").encode(), None))
        return mixed

    def check(self, mixed, source, reply):
        bad = {number: case for number, (_, case) in enumerate(mixed, start=1) if case is not None}
        good = len(mixed) - len(bad)
        self.assertEqual(reply.status, 200, reply.body[:1000])
        answer = reply.json()
        self.assertEqual(
            (answer["accepted"], answer["duplicates"], answer["rejected"]), (good, 0, len(bad))
        )
        self.assertEqual([error["line"] for error in answer["errors"]], sorted(bad))
        for error in answer["errors"]:
            name, _, field, word = bad[error["line"]]
            with self.subTest(name=name, source=source):
                self.assertEqual(error.get("field") or None, field, error["detail"])
                self.assertTrue(re.search(word, error["detail"], re.IGNORECASE), error["detail"])
                self.assertLess(len(error["detail"]), 500)
        stored = {
            row["source_id"]
            for row in self.connection.stream({"filter": {"cameras": [CAMERA]}})
            if row["source_id"].startswith(source + "-")
        }
        self.assertEqual(len(stored), good)

    def test_there_are_enough_kinds(self):
        names = [case[0] for case in in_bytes(BAD_LINES)]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreaterEqual(len(names), 27)

    def test_ndjson(self):
        mixed = self.mix(in_bytes(BAD_LINES), "plain")
        body = b"\n".join(text for text, _ in mixed)
        self.check(
            mixed,
            "plain",
            self.connection.post("/v1/sightings", body, content_type="application/x-ndjson"),
        )

    def test_ndjson_in_gzip_and_many_small_pieces(self):
        mixed = self.mix(in_bytes(BAD_LINES), "gzip")
        body = gzip.compress(b"\r\n".join(text for text, _ in mixed) + b"\r\n")
        pieces = (body[at : at + 997] for at in range(0, len(body), 997))
        self.check(
            mixed,
            "gzip",
            self.connection.post(
                "/v1/sightings",
                pieces,
                content_type="application/x-ndjson",
                headers={"Content-Encoding": "gzip"},
            ),
        )

    def test_array(self):
        mixed = self.mix(in_bytes(BAD_ELEMENTS), "array")
        body = b"[" + b",\n".join(text for text, _ in mixed) + b"]"
        self.check(mixed, "array", self.connection.post("/v1/sightings", body))

    def test_blank_lines_are_counted_and_not_rejected(self):
        body = b"\n  \n" + line(source_id="blank-1").encode() + b"\n\nbroken\n"
        reply = self.connection.post("/v1/sightings", body, content_type="application/x-ndjson")
        answer = reply.json()
        self.assertEqual((answer["accepted"], answer["rejected"]), (1, 1))
        self.assertEqual([error["line"] for error in answer["errors"]], [5])

    def test_more_errors_than_are_told(self):
        good = line(source_id="many-1").encode()
        body = b"\n".join([b"broken"] * 1500 + [good])
        answer = self.connection.post(
            "/v1/sightings", body, content_type="application/x-ndjson"
        ).json()
        self.assertEqual(
            (answer["accepted"], answer["rejected"], len(answer["errors"])), (1, 1500, 1000)
        )

    def test_a_broken_array_keeps_what_came_before(self):
        body = (
            b"["
            + line(source_id="cut-1").encode()
            + b","
            + line(source_id="cut-2").encode()
            + b" oops"
        )
        self.connection.post("/v1/sightings", body)
        stored = {
            row["source_id"] for row in self.connection.stream({"filter": {"cameras": [CAMERA]}})
        }
        self.assertLessEqual({"cut-1", "cut-2"}, stored)

    def test_nothing_that_could_be_read(self):
        for body in [b"", b"{", b"]"]:
            with self.subTest(body=body):
                reply = self.connection.post("/v1/sightings", body)
                self.assertEqual(reply.status, 400)
                self.assertEqual(reply.headers.get_content_type(), "application/problem+json")


if __name__ == "__main__":
    unittest.main()
