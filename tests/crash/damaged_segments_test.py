"""Segments and graphs of the index that are damaged, cut, gone or strangers': answers are right all the same.

Usage: damaged_segments_test.py [--rounds N] [--seed N]

They are derived: what is wrong with one shows before it is used, and the day is read again from
what storage holds. Each round damages the files of a stopped server and asks it at once.
"""

import argparse
import base64
import collections
import math
import random
import shutil
import sys
import time
import unittest

from sightline_server import Server

ROWS = 20_000
DAYS = 4
BASE_MS = 1_700_000_000_000
DAY_MS = 86_400_000
MARKS = 12
SEALING = ("--seal-rows", 1_500, "--seal-idle-ms", 50, "--max-segment-rows", 4_000)
GRAPHS = ("--graph-vectors", 300, "--graph-busy-share", 1)
NEAREST = 20

ROUNDS = 8
SEED = random.SystemRandom().randrange(2**32)


def flip_a_bit(path, dice):
    content = bytearray(path.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    path.write_bytes(content)


def cut_short(path, dice):
    with open(path, "r+b") as file:
        file.truncate(dice.randrange(path.stat().st_size))


def grow(path, dice):
    with open(path, "ab") as file:
        file.write(dice.randbytes(dice.randint(1, 5000)))


def blank_a_page(path, dice):
    """As a lost write of a disk leaves it."""
    size = path.stat().st_size
    with open(path, "r+b") as file:
        file.seek(dice.randrange(size) // 4096 * 4096)
        file.write(bytes(min(4096, size - file.tell())))


def delete(path, _):
    path.unlink()


def swap(path, dice):
    """Another one's content: whole in itself, and not what it is listed as."""
    others = [each for each in path.parents[2].glob(f"*/segments/*{path.suffix}") if each != path]
    if others:
        shutil.copy(dice.choice(others), path)


def add_a_stranger(path, dice):
    (path.parent / f"{dice.getrandbits(64):016x}.segment").write_bytes(dice.randbytes(100))


DAMAGES = [flip_a_bit, cut_short, grow, blank_a_page, delete, swap, add_a_stranger]


class DamagedSegments(unittest.TestCase):
    def setUp(self):
        print(f"seed {SEED}, {ROUNDS} rounds", flush=True)
        self.dice = random.Random(SEED)

    def fill(self):
        sent = {}
        for number in range(ROWS):
            sent[f"s{number}"] = {
                "source_id": f"s{number}",
                "camera_id": f"C{number % 7}",
                "location": {"lon": 1, "lat": 2},
                "time": BASE_MS + self.dice.randrange(DAYS * DAY_MS),
                "plate": f"SEAL{self.dice.randrange(500):03}",
                "attributes": {"mark": self.dice.randrange(MARKS)},
            }
            if self.dice.random() < 0.5:
                vector = base64.b64encode(self.dice.randbytes(128)).decode()
                sent[f"s{number}"]["vectors"] = {"vehicle": vector}
        with_ids = list(sent.values())
        for first in range(0, ROWS, 1000):
            reply = self.connection.post_sightings(with_ids[first : first + 1000])
            self.assertEqual(reply.json()["accepted"], 1000)
        self.server.wait_until_sealed()
        rows = self.connection.search({"limit": 200})
        for number, row in enumerate(rows[:100]):  # so that segments hold superseded versions
            patch = {"plate": f"FIXED{number % 10}", "attributes": {"mark": MARKS + number % 3}}
            reply = self.connection.request("PATCH", f"/v1/sightings/{row['id']}", patch)
            self.assertEqual(reply.status, 200, reply.body)
            sent[row["source_id"]] |= patch
        return sent

    def test_answers_are_right_at_once(self):
        with Server(SEALING + GRAPHS) as self.server:
            self.connection = self.server.connect()
            sent = self.fill()
            index = self.server.wait_until_sealed()
            self.assertGreater(index["segments"], DAYS)
            self.wait_for_a_graph()
            written = 0
            for number in range(ROUNDS):
                self.connection.close()
                self.assertEqual(self.server.stop(), 0)
                damages, days = self.damage()
                self.server.start()
                self.connection = self.server.connect()
                with self.subTest(round=number, damages=damages):
                    self.check(sent)
                    index = self.server.wait_until_sealed()
                    self.assertEqual(index["sealed_rows"], ROWS + 100)
                    # What was damaged was found out, and made again.
                    self.assertGreaterEqual(index["segments_written"], len(days))
                    self.check(sent)
                    self.wait_for_a_graph()
                    self.check_nearest(sent)
                written += index["segments_written"]
            self.connection.close()
            print(f"{written} segments were written again")

    def wait_for_a_graph(self):
        deadline = time.monotonic() + 60
        while True:
            spaces = self.connection.get("/v1/status").json()["index"]["spaces"]
            if spaces["vehicle"]["graphs"] > 0:
                return
            self.assertLess(time.monotonic(), deadline, "no graph is built")

    def damage(self):
        """Damages one to three files; tells how, and of which days a segment."""
        done, days = [], set()
        files = sorted(self.server.data.glob("days/*/segments/*"))
        self.assertGreater(len(files), 3, "no segments where they were looked for")
        for path in self.dice.sample(files, self.dice.randint(1, 3)):
            before = path.read_bytes()
            damage = self.dice.choice(DAMAGES)
            damage(path, self.dice)
            done.append(f"{damage.__name__} {path.relative_to(self.server.data)}")
            damaged = not path.exists() or path.read_bytes() != before
            # A graph is built anew alone.
            if damaged and path.suffix == ".segment":
                days.add(path.parent.parent.name)
        return done, days

    def check(self, sent):
        def names(filter_):
            return collections.Counter(
                row["source_id"] for row in self.connection.stream({"filter": filter_})
            )

        def wanted(passes):
            return collections.Counter(name for name, each in sent.items() if passes(each))

        for mark in range(MARKS + 3):
            self.assertEqual(
                names({"attributes": {"mark": mark}}),
                wanted(lambda each: each["attributes"]["mark"] == mark),
            )
        self.assertEqual(
            names({"plate": "*AL?1*"}),
            wanted(lambda each: each["plate"][2:4] == "AL" and each["plate"][5] == "1"),
        )
        self.assertEqual(
            names({"plate_like": {"text": "FIXED1", "max_distance": 1}}),
            wanted(lambda each: each["plate"].startswith("FIXED")),
        )
        self.assertEqual(names({"cameras": ["C3"]}), wanted(lambda each: each["camera_id"] == "C3"))
        self.assertEqual(names({}), wanted(lambda each: True))
        self.check_nearest(sent)

    def check_nearest(self, sent):
        """Exact search finds what comparing all that was sent gives; another no wrong distance."""
        vectors = {
            name: base64.b64decode(each["vectors"]["vehicle"])
            for name, each in sent.items()
            if "vectors" in each
        }
        vector = self.dice.randbytes(128)
        nearest = sorted((math.dist(vector, each), name) for name, each in vectors.items())
        for exact in (True, False):
            question = {
                "like": {"vector": base64.b64encode(vector).decode()},
                "space": "vehicle",
                "k": NEAREST,
                "exact": exact,
            }
            reply = self.connection.post("/v1/search/image", question)
            self.assertEqual(reply.status, 200, reply.body)
            found = [
                (each["sighting"]["source_id"], each["distance"])
                for each in reply.json()["matches"]
            ]
            self.assertEqual(len({name for name, _ in found}), NEAREST)
            if exact:  # equal distances come in the order of ids, which are not sent
                for (_, distance), (wanted, _) in zip(found, nearest):
                    self.assertAlmostEqual(distance, wanted, places=6)
            for name, distance in found:
                self.assertAlmostEqual(distance, math.dist(vector, vectors[name]), places=6)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    ROUNDS, SEED = options.rounds, options.seed
    unittest.main(argv=sys.argv[:1])
