"""A body much larger than memory passes through the server in a few megabytes, plain and gzip.

Usage: streaming_memory_test.py [--gigabytes N]
"""

import argparse
import json
import sys
import threading
import unittest
import zlib

from sightline_server import Server

GIGABYTES = 0.25
PIECE = 1 << 20
ROWS_IN_PIECE = 128  # so that a line has 8 KiB
ALLOWED_GROWTH = 64 << 20


def piece_of_lines():
    """1 MiB of good sightings, the same ones each time: the first piece is stored, the rest are
    duplicates, so that what grows is not the data."""
    width = PIECE // ROWS_IN_PIECE
    lines = []
    for number in range(ROWS_IN_PIECE):
        text = json.dumps(
            {
                "source_id": str(number),
                "camera_id": "K-1",
                "time": 1_474_416_000_000,
                "location": {"lon": 1, "lat": 2},
            }
        )
        lines.append(text[:-1] + " " * (width - len(text) - 1) + "}\n")
    return "".join(lines).encode()


class MemoryWatch(threading.Thread):
    """The most memory that the server had while this ran."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.most = server.rss_anon_bytes()
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.wait(0.02):
            self.most = max(self.most, self.server.rss_anon_bytes())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.join()


class StreamingMemory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.connection = cls.server.connect()
        cls.addClassCleanup(cls.connection.close)
        cls.piece = piece_of_lines()
        cls.send(iter([cls.piece]))

    @classmethod
    def send(cls, pieces, **headers):
        reply = cls.connection.post(
            "/v1/sightings", pieces, content_type="application/x-ndjson", headers=headers
        )
        assert reply.status == 200, reply.body
        return reply.json()

    def check(self, pieces, count, **headers):
        before = self.server.rss_anon_bytes()
        with MemoryWatch(self.server) as watch:
            answer = self.send(pieces, **headers)
        print(
            f"{count} MiB passed; memory {before >> 20} MiB before, {watch.most >> 20} MiB at most"
        )
        self.assertEqual(
            (answer["accepted"], answer["duplicates"], answer["rejected"]),
            (0, ROWS_IN_PIECE * count, 0),
        )
        self.assertLess(watch.most - before, ALLOWED_GROWTH)

    def test_plain(self):
        count = int(GIGABYTES * 1024)
        self.check((self.piece for _ in range(count)), count)

    def test_gzip(self):
        count = int(GIGABYTES * 1024)
        # One gzip stream of any length, without compressing the same piece again and again.
        member = zlib.compressobj(wbits=31)
        compressed = member.compress(self.piece) + member.flush()
        self.check((compressed for _ in range(count)), count, **{"Content-Encoding": "gzip"})

    def test_one_endless_line(self):
        before = self.server.rss_anon_bytes()
        count = int(GIGABYTES * 1024)
        blank_free = b"x" * PIECE
        with MemoryWatch(self.server) as watch:
            answer = self.send(blank_free for _ in range(count))
        self.assertEqual((answer["accepted"], answer["rejected"]), (0, 1))
        self.assertIn("max_line_bytes", answer["errors"][0]["detail"])
        self.assertLess(watch.most - before, ALLOWED_GROWTH)

    def test_a_gzip_bomb(self):
        # 1 GiB of zeros in 1 MiB.
        packer = zlib.compressobj(9, wbits=31)
        zeros = bytes(PIECE)
        bomb = b"".join(packer.compress(zeros) for _ in range(1024)) + packer.flush()
        before = self.server.rss_anon_bytes()
        with MemoryWatch(self.server) as watch:
            reply = self.connection.post(
                "/v1/sightings",
                bomb,
                content_type="application/x-ndjson",
                headers={"Content-Encoding": "gzip"},
            )
        self.assertEqual((reply.status, reply.json()["rejected"]), (200, 1), reply.body)
        self.assertLess(watch.most - before, ALLOWED_GROWTH)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--gigabytes", type=float, default=GIGABYTES)
    GIGABYTES = parser.parse_args().gigabytes
    unittest.main(argv=sys.argv[:1])
