"""kill -9 during ingest, corrections, sealing, merging, the building of graphs and the deletion of
days, at random moments: nothing acknowledged is lost, nothing is there twice, every way to a sighting
finds it as it was corrected, and exact image search finds what comparing all that is stored does.

Usage: kill_test.py [--rounds N] [--seed N]

Each round several connections send batches as fast as they are acknowledged and correct some of
what they sent, while the index seals, merges and builds graphs, and the server is killed under them
or a moment after they have left. After some rounds the oldest days are past their retention, and the
server is killed while it deletes them. After the
restart every batch and every correction that was acknowledged must be there whole, and every batch
whose fate is unknown is sent again, as a client would.
"""

import argparse
import base64
import collections
import http.client
import json
import math
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
MARKS = 20  # values of the attribute by which columns are asked
DAYS_BACK = 60
DAYS_EXPIRED_AT_ONCE = 7
VECTOR_BYTES = 128
NEAREST = 30
# So that segments are written and merged and graphs built all the time.
SEALING = ("--seal-rows", 500, "--seal-idle-ms", 50, "--max-segment-rows", 20_000)
GRAPHS = ("--graph-vectors", 100, "--graph-busy-share", 1)

ROUNDS = 6
SEED = random.SystemRandom().randrange(2**32)


class Sighting:
    """One that was sent, and what it must look like now."""

    def __init__(self, sent):
        self.sent = sent
        self.plate = sent.get("plate")
        self.mark = sent["attributes"]["mark"]
        self.corrections = 0  # acknowledged

    def corrected(self, patch):
        return patch.get("plate", self.plate), patch["attributes"]["mark"]


class Sender(threading.Thread):
    """Sends and corrects on one connection until the server dies under it."""

    def __init__(self, server, camera, name, seed, days_back):
        super().__init__()
        self.leaves = False  # after the batch at hand
        self.days_back = days_back
        self.connection = server.connect()
        self.camera = camera
        self.prefix = name
        self.random = random.Random(seed)
        self.acknowledged = []  # Sightings
        self.unknown = []  # those of the batch that got no answer
        self.unknown_correction = None  # (Sighting, patch) that got no answer
        self.wrong = None  # an answer that is no acknowledgement

    def run(self):
        try:
            while self.wrong is None and not self.leaves:
                self.send(self.make_batch(len(self.acknowledged)))
                if self.random.random() < 0.3 and self.wrong is None:
                    self.correct(self.random.choice(self.acknowledged))
        except (OSError, http.client.HTTPException):
            return

    def send(self, batch):
        self.unknown = batch
        reply = self.connection.post_sightings([each.sent for each in batch])
        if reply.status != 200 or reply.json()["accepted"] != len(batch):
            self.wrong = (reply.status, reply.body)
            return
        self.unknown = []
        self.acknowledged += batch

    def correct(self, sighting):
        at = sighting.sent["time"]
        question = {"cameras": [self.camera], "time": {"from": at, "to": at + 1}}
        rows = self.connection.search({"filter": question})
        ids = [row["id"] for row in rows if row["source_id"] == sighting.sent["source_id"]]
        if len(ids) != 1:
            self.wrong = ("an acknowledged sighting is not found once", sighting.sent, rows)
            return
        patch = {"attributes": {"mark": MARKS + self.random.randrange(1_000_000)}}
        if self.random.random() < 0.7:
            patch["plate"] = f"FIX{self.random.randrange(100_000)}"
        self.unknown_correction = (sighting, patch)
        reply = self.connection.request("PATCH", f"/v1/sightings/{ids[0]}", patch)
        if reply.status != 200:
            self.wrong = (reply.status, reply.body)
            return
        self.unknown_correction = None
        sighting.plate, sighting.mark = sighting.corrected(patch)
        sighting.corrections += 1

    def make_batch(self, first):
        size = self.random.choice([1, 1, 20, 500])
        many_days = self.random.random() < 0.3
        batch = []
        for number in range(first, first + size):
            at = BASE_MS + self.random.randrange(DAY_MS)
            if many_days:
                at -= DAY_MS * self.random.randint(0, self.days_back)
            sighting = {
                "source_id": f"{self.prefix}-{number}",
                "camera_id": self.camera,
                "time": at,
                "attributes": {"mark": self.random.randrange(MARKS)},
            }
            if self.random.random() < 0.9:
                sighting["plate"] = f"KILL{self.random.randrange(1000)}"
            if self.random.random() < 0.8:
                vector = base64.b64encode(self.random.randbytes(VECTOR_BYTES)).decode()
                sighting["vectors"] = {"vehicle": vector}
            batch.append(Sighting(sighting))
        return batch


class Kill(unittest.TestCase):
    def test_acknowledged_means_stored_once(self):
        print(f"seed {SEED}, {ROUNDS} rounds", flush=True)
        dice = random.Random(SEED)
        self.kept = {}  # source id -> Sighting, of everything that must be there
        self.days_back = DAYS_BACK
        with Server(SEALING + GRAPHS) as self.server:
            slowest = 0.0
            for number in range(ROUNDS):
                camera = f"K-{number}"
                with_camera = {"id": camera, "location": {"lon": 1, "lat": 2}}
                self.connect()
                reply = self.connection.post("/v1/cameras", with_camera)
                self.assertEqual(reply.json()["created"], 1)

                started = self.kill_under_load(camera, number, dice)
                slowest = max(slowest, started)
                self.assertLessEqual(started, START_UP_LIMIT_S)
                self.check({"cameras": [camera]}, lambda each: each.sent["camera_id"] == camera)
                self.check_nearest(dice)
                if number % 3 == 2 and self.days_back > DAYS_EXPIRED_AT_ONCE:
                    self.kill_while_days_are_deleted(dice)
                    self.check_nearest(dice)
            self.check_everything()
            self.server.restart()
            self.connect()
            self.check_everything()
            self.check_nearest(dice)
            index = self.connection.get("/v1/status").json()["index"]
            corrections = sum(each.corrections for each in self.kept.values())
            print(
                f"{len(self.kept)} sightings and {corrections} corrections kept over {ROUNDS} kills; "
                f"slowest start {slowest:.2f} s; {index}"
            )

    def connect(self):
        self.connection = self.server.connect()
        self.addCleanup(self.connection.close)

    def kill_under_load(self, camera, number, dice):
        senders = [
            Sender(self.server, camera, f"{number}-{each}", dice.randrange(2**32), self.days_back)
            for each in range(CONNECTIONS)
        ]
        for sender in senders:
            sender.start()
        time.sleep(dice.uniform(0.05, 1.5))  # the moment of the kill, not a wait for something
        if dice.random() < 0.5:
            for sender in senders:
                sender.leaves = True
            time.sleep(dice.uniform(0, 1.0))  # while the index works on alone
        self.server.kill()
        for sender in senders:
            sender.join()
            sender.connection.close()
            self.assertIsNone(sender.wrong)
        started = self.server.start()
        self.connect()

        stored = {
            row["source_id"]: row
            for row in self.connection.stream({"filter": {"cameras": [camera]}})
        }
        for sender in senders:
            lost = {each.sent["source_id"] for each in sender.acknowledged} - stored.keys()
            self.assertEqual(lost, set(), f"acknowledged and lost in round {number}")
            self.settle_batch(sender, stored)
            self.settle_correction(sender, stored)
            self.kept |= {each.sent["source_id"]: each for each in sender.acknowledged}
        return started

    def kill_while_days_are_deleted(self, dice):
        self.days_back -= DAYS_EXPIRED_AT_ONCE
        first_kept = BASE_MS // DAY_MS - self.days_back
        today = int(time.time()) // (DAY_MS // 1000)
        retention = ("--retention-days", today - first_kept)
        self.server.options = [str(option) for option in SEALING + GRAPHS + retention]
        self.server.kill()
        self.server.start()
        time.sleep(dice.uniform(0, 0.3))  # the moment of the kill
        self.server.kill()
        self.server.start()
        self.connect()
        self.kept = {
            source: each
            for source, each in self.kept.items()
            if each.sent["time"] // DAY_MS >= first_kept
        }
        deadline = time.monotonic() + 60
        while self.connection.get("/v1/status").json()["counts"]["sightings"] != len(self.kept):
            self.assertLess(time.monotonic(), deadline, "expired days are not deleted")

    def check_nearest(self, dice):
        """Exact image search is what comparing all that storage exports gives."""
        stored = self.connection.stream({"filter": {}}, "?include=vectors")
        rows = [
            (base64.b64decode(row["vectors"]["vehicle"]), row) for row in stored if "vectors" in row
        ]
        with_vector = {row["source_id"] for _, row in rows}
        wanted = {source for source, each in self.kept.items() if "vectors" in each.sent}
        self.assertEqual(with_vector, wanted)
        mark = dice.randrange(MARKS)
        filters = [
            ({}, lambda row: True),
            ({"attributes": {"mark": mark}}, lambda row: row["attributes"]["mark"] == mark),
            ({"plate": "KILL1*"}, lambda row: row.get("plate", "").startswith("KILL1")),
        ]
        for filter_, passes in filters:
            vector = dice.randbytes(VECTOR_BYTES)
            nearest = sorted(
                (math.dist(vector, each), row["id"]) for each, row in rows if passes(row)
            )[:NEAREST]
            question = {
                "like": {"vector": base64.b64encode(vector).decode()},
                "space": "vehicle",
                "filter": filter_,
                "k": NEAREST,
                "exact": True,
            }
            reply = self.connection.post("/v1/search/image", question)
            self.assertEqual(reply.status, 200, reply.body)
            found = [
                (each["distance"], each["sighting"]["id"]) for each in reply.json()["matches"]
            ]
            self.assertEqual([id_ for _, id_ in found], [id_ for _, id_ in nearest], filter_)
            for (distance, _), (expected, _) in zip(found, nearest):
                self.assertAlmostEqual(distance, expected, places=6)

    def settle_batch(self, sender, stored):
        """Sends again what got no answer."""
        batch = sender.unknown
        if not batch:
            return
        answer = self.connection.post_sightings([each.sent for each in batch]).json()
        already = sum(each.sent["source_id"] in stored for each in batch)
        self.assertEqual(
            (answer["accepted"], answer["duplicates"]), (len(batch) - already, already)
        )
        sender.acknowledged += batch

    def settle_correction(self, sender, stored):
        """One that got no answer was made wholly or not at all."""
        if sender.unknown_correction is None:
            return
        sighting, patch = sender.unknown_correction
        row = stored[sighting.sent["source_id"]]
        now = (row.get("plate"), row["attributes"]["mark"])
        self.assertIn(now, [(sighting.plate, sighting.mark), sighting.corrected(patch)])
        if now == sighting.corrected(patch):
            sighting.plate, sighting.mark = now
            sighting.corrections += 1

    def check(self, filter_, expected):
        """The rows that pass the filter are those kept, each once and as it was corrected."""
        rows = self.connection.stream({"filter": filter_})
        seen = collections.Counter(
            (row["source_id"], row["camera_id"], row.get("plate"), row["attributes"]["mark"])
            for row in rows
        )
        wanted = {
            (source, each.sent["camera_id"], each.plate, each.mark)
            for source, each in self.kept.items()
            if expected(each)
        }
        self.assertEqual(seen, collections.Counter(wanted), filter_)
        return rows

    def check_everything(self):
        rows = self.check({}, lambda each: True)
        self.check({"plate": "FIX*"}, lambda each: (each.plate or "").startswith("FIX"))
        for mark in range(MARKS):
            self.check({"attributes": {"mark": mark}}, lambda each: each.mark == mark)
        dice = random.Random(SEED)
        corrected = [each for each in self.kept.values() if each.corrections]
        for sighting in dice.sample(corrected, min(20, len(corrected))):
            self.check(
                {"attributes": {"mark": sighting.mark}}, lambda each: each.mark == sighting.mark
            )
        self.check_plates(dice)
        self.check_ids(dice.sample(rows, min(50, len(rows))))
        self.check_corrections(rows)
        status = self.connection.get("/v1/status").json()
        self.assertEqual(status["counts"]["sightings"], len(self.kept))

    def check_plates(self, dice):
        expected = collections.Counter(each.plate for each in self.kept.values() if each.plate)
        counts = {}
        token = ""
        while token is not None:
            answer = self.connection.get(f"/v1/plates?limit=10000{token}").json()
            counts |= {each["plate"]: each["count"] for each in answer["plates"]}
            token = answer.get("next_page_token")
            token = token and f"&page_token={token}"
        self.assertEqual(counts, expected)
        for plate in dice.sample(sorted(expected), min(20, len(expected))):
            self.check({"plate": plate}, lambda each: each.plate == plate)

    def check_ids(self, rows):
        for row in rows:
            found = self.connection.get(f"/v1/sightings/{row['id']}").json()
            self.assertEqual({name: found[name] for name in row}, row)

    def check_corrections(self, rows):
        """Each acknowledged correction is told of once."""
        source = {row["id"]: row["source_id"] for row in rows}
        reply = self.connection.get("/v1/corrections", headers={"Accept": "application/x-ndjson"})
        told = [json.loads(line) for line in reply.body.splitlines()]
        counts = collections.Counter(source[each["sighting_id"]] for each in told)
        wanted = {name: each.corrections for name, each in self.kept.items() if each.corrections}
        self.assertEqual(counts, wanted)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    ROUNDS, SEED = options.rounds, options.seed
    unittest.main(argv=sys.argv[:1])
