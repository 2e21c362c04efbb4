"""kill -9 during ingest, at random moments: nothing acknowledged is lost, nothing is there twice.

Usage: kill_test.py [--rounds N] [--seed N]

Each round several connections send batches as fast as they are acknowledged, and the server is
killed under them. After the restart every batch that was acknowledged must be there whole, and
every batch whose fate is unknown is sent again, as a client would.
"""

import argparse
import collections
import http.client
import json
import random
import sys
import threading
import time
import unittest

from sightline_server import Server

CONNECTIONS = 4
START_UP_LIMIT_S = 5.0
# Batches go to one day, to many days, or one sighting at a time.
BASE_MS = 1_700_000_000_000
DAY_MS = 86_400_000

ROUNDS = 8
SEED = random.SystemRandom().randrange(2**32)


class Sender(threading.Thread):
    """Sends batches on one connection until the server dies under it."""

    def __init__(self, server, camera, name, seed):
        super().__init__()
        self.connection = server.connect()
        self.camera = camera
        self.prefix = name
        self.random = random.Random(seed)
        self.acknowledged = []  # batches
        self.unknown = None  # the batch that got no answer
        self.wrong = None  # an answer that is no acknowledgement

    def run(self):
        number = 0
        while self.wrong is None:
            batch = self.make_batch(number)
            number += len(batch)
            try:
                reply = self.connection.post_sightings(batch)
            except (OSError, http.client.HTTPException):
                self.unknown = batch
                return
            answer = json.loads(reply.body)
            if reply.status != 200 or answer["accepted"] != len(batch):
                self.wrong = (reply.status, reply.body)
                return
            self.acknowledged.append(batch)

    def make_batch(self, first):
        size = self.random.choice([1, 1, 20, 500])
        many_days = self.random.random() < 0.3
        batch = []
        for number in range(first, first + size):
            at = BASE_MS + self.random.randrange(DAY_MS)
            if many_days:
                at -= DAY_MS * self.random.randrange(60)
            sighting = {
                "source_id": f"{self.prefix}-{number}",
                "camera_id": self.camera,
                "time": at,
            }
            if self.random.random() < 0.9:
                sighting["plate"] = f"KILL{self.random.randrange(1000)}"
            batch.append(sighting)
        return batch


class Kill(unittest.TestCase):
    def test_acknowledged_means_stored_once(self):
        print(f"seed {SEED}, {ROUNDS} rounds", flush=True)
        dice = random.Random(SEED)
        self.sent = {}  # source id -> sighting, of everything that must be there
        with Server() as self.server:
            slowest = 0.0
            for number in range(ROUNDS):
                camera = f"K-{number}"
                with_camera = self.server.connect()
                reply = with_camera.post(
                    "/v1/cameras", {"id": camera, "location": {"lon": 1, "lat": 2}}
                )
                with_camera.close()
                self.assertEqual(reply.json()["created"], 1)

                started = self.kill_under_load(camera, number, dice)
                slowest = max(slowest, started)
                self.assertLessEqual(started, START_UP_LIMIT_S)
                self.check({"cameras": [camera]}, camera)
            self.check_everything()
            self.server.restart()
            self.check_everything()
            print(
                f"{len(self.sent)} sightings kept over {ROUNDS} kills; slowest start {slowest:.2f} s"
            )

    def kill_under_load(self, camera, number, dice):
        senders = [
            Sender(self.server, camera, f"{number}-{each}", dice.randrange(2**32))
            for each in range(CONNECTIONS)
        ]
        for sender in senders:
            sender.start()
        time.sleep(dice.uniform(0.05, 1.0))  # the moment of the kill, not a wait for something
        self.server.kill()
        for sender in senders:
            sender.join()
            sender.connection.close()
            self.assertIsNone(sender.wrong)
        started = self.server.start()

        stored = collections.Counter(row["source_id"] for row in self.rows({"cameras": [camera]}))
        acknowledged = [
            each for sender in senders for batch in sender.acknowledged for each in batch
        ]
        lost = [each["source_id"] for each in acknowledged if each["source_id"] not in stored]
        self.assertEqual(lost, [], f"acknowledged and lost in round {number}")

        connection = self.server.connect()
        for sender in senders:
            if sender.unknown is None:
                continue
            answer = connection.post_sightings(sender.unknown).json()
            already = sum(each["source_id"] in stored for each in sender.unknown)
            self.assertEqual(
                (answer["accepted"], answer["duplicates"]), (len(sender.unknown) - already, already)
            )
            acknowledged += sender.unknown
        connection.close()
        self.sent |= {each["source_id"]: each for each in acknowledged}
        return started

    def rows(self, filter_):
        connection = self.server.connect()
        rows = connection.stream({"filter": filter_})
        connection.close()
        return rows

    def check(self, filter_, camera=None):
        """The rows that pass the filter are those sent, each once and unchanged."""
        rows = self.rows(filter_)
        expected = {
            source: each
            for source, each in self.sent.items()
            if camera in (None, each["camera_id"])
        }
        self.assertEqual(
            len(rows), len({row["source_id"] for row in rows}), "a sighting is there twice"
        )
        self.assertEqual(
            {row["source_id"]: (row["camera_id"], row.get("plate")) for row in rows},
            {source: (each["camera_id"], each.get("plate")) for source, each in expected.items()},
        )

    def check_everything(self):
        self.check({})
        expected = collections.Counter(
            each["plate"] for each in self.sent.values() if "plate" in each
        )
        connection = self.server.connect()
        plates = connection.get("/v1/plates?match=KILL*&limit=10000").json()["plates"]
        self.assertEqual({each["plate"]: each["count"] for each in plates}, expected)
        for plate in random.Random(SEED).sample(sorted(expected), min(5, len(expected))):
            rows = connection.search({"filter": {"plate": plate}, "limit": 1000})
            self.assertEqual(len(rows), expected[plate])
        self.assertEqual(connection.get("/v1/status").json()["counts"]["sightings"], len(self.sent))
        connection.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    ROUNDS, SEED = options.rounds, options.seed
    unittest.main(argv=sys.argv[:1])
