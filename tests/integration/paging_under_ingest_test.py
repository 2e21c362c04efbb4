"""Pages and `as_of` hold still while sightings pour into the very day that is being read.

Usage: paging_under_ingest_test.py [--seconds N]
"""

import argparse
import json
import random
import sys
import threading
import time
import unittest

from sightline_server import Server, ndjson

DAY = 1_474_416_000_000  # 2016-09-21T00:00:00Z
DAY_MS = 86_400_000
CAMERAS = 50
BEFORE = 20_000
RATE = 20_000  # sightings a second
BATCH = 2_000
SECONDS = 6

FILTER = {"time": {"from": DAY, "to": DAY + DAY_MS}}


def sighting(number, dice):
    # Few distinct times, so that many are equal and the order by camera and id matters.
    return {
        "source_id": str(number),
        "camera_id": f"K-{dice.randrange(CAMERAS):02}",
        "time": DAY + dice.randrange(DAY_MS // 1000) * 1000,
        "plate": f"PAGE{number % 5000}",
    }


def body(first, count, dice):
    return ndjson(sighting(number, dice) for number in range(first, first + count))


class Writer(threading.Thread):
    """Sends prepared bodies at a steady rate until told to stop or out of bodies."""

    def __init__(self, server, bodies):
        super().__init__()
        self.connection = server.connect()
        self.bodies = bodies
        self.stopping = threading.Event()
        self.sent = 0
        self.failure = None
        self.seconds = 0.0

    def run(self):
        began = time.monotonic()
        for number, prepared in enumerate(self.bodies):
            if self.stopping.wait(max(0.0, began + number * BATCH / RATE - time.monotonic())):
                break
            reply = self.connection.post(
                "/v1/sightings", prepared, content_type="application/x-ndjson"
            )
            if reply.status != 200 or reply.json()["accepted"] != BATCH:
                self.failure = reply
                break
            self.sent += BATCH
        self.seconds = time.monotonic() - began


class PagingUnderIngest(unittest.TestCase):
    def setUp(self):
        seed = random.SystemRandom().randrange(2**32)
        print(f"seed {seed}", flush=True)
        dice = random.Random(seed)
        self.server = self.enterContext(Server())
        self.connection = self.server.connect()
        self.addCleanup(self.connection.close)
        self.connection.post(
            "/v1/cameras",
            [{"id": f"K-{each:02}", "location": {"lon": 1, "lat": 2}} for each in range(CAMERAS)],
        )
        reply = self.connection.post(
            "/v1/sightings", body(0, BEFORE, dice), content_type="application/x-ndjson"
        )
        self.assertEqual(reply.json()["accepted"], BEFORE)
        self.writer = Writer(
            self.server,
            [body(first, BATCH, dice) for first in range(BEFORE, BEFORE + RATE * SECONDS, BATCH)],
        )

    def first_page(self, order):
        question = {"filter": FILTER, "order": order, "limit": 1000}
        acknowledged = BEFORE + self.writer.sent
        reply = self.connection.post("/v1/search/sightings", question)
        self.assertEqual(reply.status, 200, reply.body)
        return question, acknowledged, reply

    def walk(self, order):
        """Pages through the whole day; returns how many rows there were."""
        question, acknowledged, reply = self.first_page(order)
        as_of = reply.json()["as_of"]
        pages = [reply.json()["sightings"]]
        token = reply.json().get("next_page_token")
        while token:
            reply = self.connection.post("/v1/search/sightings", question | {"page_token": token})
            self.assertEqual(reply.status, 200, reply.body)
            self.assertEqual(reply.json()["as_of"], as_of)
            pages.append(reply.json()["sightings"])
            token = reply.json().get("next_page_token")
        rows = [row for page in pages for row in page]

        sources = [int(row["source_id"]) for row in rows]
        self.assertEqual(len(sources), len(set(sources)), "a sighting came twice")
        missing = set(range(acknowledged)) - set(sources)
        self.assertEqual(missing, set(), "acknowledged before the first page, and skipped")
        forward = sorted(rows, key=lambda row: (row["camera_id"].encode(), row["id"]))
        forward.sort(key=lambda row: row["time"], reverse=order == "time_desc")
        self.assertEqual([row["id"] for row in rows], [row["id"] for row in forward])
        return len(rows)

    def test_paging_and_as_of(self):
        self.writer.start()
        replays = []  # (question with as_of, what it answered)
        walks = 0
        while self.writer.is_alive():
            for order in ["time_desc", "time_asc"]:
                self.walk(order)
                walks += 1
                question, _, reply = self.first_page(order)
                as_of = reply.json()["as_of"]
                for again in [
                    question | {"as_of": as_of},
                    {"filter": FILTER | {"plate": "PAGE12*"}, "order": order, "as_of": as_of},
                ]:
                    replays.append((again, self.ask(again)))
                self.assertEqual(json.loads(replays[-2][1])["sightings"], reply.json()["sightings"])
        self.writer.join()
        self.writer.connection.close()
        self.assertIsNone(self.writer.failure)
        print(
            f"{walks} walks while {self.writer.sent} sightings arrived, "
            f"{self.writer.sent / self.writer.seconds:.0f} a second"
        )
        self.assertGreaterEqual(walks, 2)

        self.check_replays(replays)
        self.connection.close()
        self.server.restart()
        self.check_replays(replays)
        self.assertEqual(self.walk("time_asc"), BEFORE + self.writer.sent)

    def ask(self, question):
        reply = self.connection.post("/v1/search/sightings", question)
        self.assertEqual(reply.status, 200, reply.body)
        return reply.body

    def check_replays(self, replays):
        for question, answer in replays:
            self.assertEqual(self.ask(question), answer)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=SECONDS)
    SECONDS = parser.parse_args().seconds
    unittest.main(argv=sys.argv[:1])
