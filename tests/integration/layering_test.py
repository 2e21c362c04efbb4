"""The rooms stay apart: who may include whom, whose each library is, how files are kept."""

import pathlib
import re
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

# What a room may include, besides itself. A room that is not named here may not exist.
MAY_INCLUDE = {
    "core": set(),
    "api": {"core"},
    "storage": {"core"},
    "index": {"core"},
    "vision": {"core"},
    "ingest": {"core", "storage", "index", "vision"},
    "query": {"core", "storage", "index", "vision"},
    "server": {"core", "api", "storage", "index", "ingest", "query", "vision"},
    "simulation": {"core", "api"},
    "client": {"core", "api", "simulation"},
}

# Libraries that only some rooms may see, by the start of their headers' paths.
LIBRARY_ROOMS = {
    "rocksdb/": {"storage"},
    "google/protobuf/": {"storage"},
    "faiss/": {"index"},
    "opencv2/": {"vision"},
    "boost/asio": {"server"},
    "boost/beast": {"server"},
    "prometheus/": {"server"},
    "toml++/": {"server"},
    "CLI/": {"server", "client"},
    "curl/": {"client"},
    "expat.h": {"simulation"},
    "simdjson": {"api", "client", "server"},
    "rapidjson/": {"api"},
}

# Outside the rooms, `server` may be included by these alone: its own tests.
MAY_SEE_SERVER = "tests/unit/server/"

# A main.cpp may wire more rooms than those around it see: `sightline simulate --data` writes what a
# server would.
MAIN_MAY_INCLUDE = {"client/main.cpp": {"storage", "index", "ingest"}}

GRAB_BAGS = {"util", "utils", "common", "helper", "helpers", "misc"}
MAX_LINES = {".h": 250, ".cpp": 500}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def code_files(root):
    """C++ files of the rooms, the tests and the benchmarks, as (path from the root, text)."""
    for top in sorted([*MAY_INCLUDE, "tests", "bench"]):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in MAX_LINES:
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def include_violations(root):
    found = []
    for path, text in code_files(root):
        room = path.split("/")[0]
        for header in INCLUDE.findall(text):
            target = header.split("/")[0]
            if target == "server" and room not in MAY_INCLUDE:
                if not path.startswith(MAY_SEE_SERVER):
                    found.append(f"{path} includes {header}: nothing outside server/ may")
            elif room in MAY_INCLUDE and target in MAY_INCLUDE:
                allowed = MAY_INCLUDE[room] | MAIN_MAY_INCLUDE.get(path, set())
                if target != room and target not in allowed:
                    found.append(f"{path} includes {header}: {room} may not include {target}")
            elif room in MAY_INCLUDE:
                for library, rooms in LIBRARY_ROOMS.items():
                    if header.startswith(library) and room not in rooms:
                        found.append(f"{path} includes {header}: only {sorted(rooms)} may")
            if room in MAY_INCLUDE and target in ("tests", "bench"):
                found.append(f"{path} includes {header}: a room may not include {target}")
    return found


def name_violations(root):
    found = []
    for path, _ in code_files(root):
        parts = pathlib.PurePosixPath(path)
        if GRAB_BAGS & {*parts.parts[:-1], parts.stem}:
            found.append(f"{path}: name it by what is in it")
    return found


def length_violations(root):
    found = []
    for path, text in code_files(root):
        limit = MAX_LINES[pathlib.PurePosixPath(path).suffix]
        if text.count("\n") > limit:
            found.append(f"{path}: {text.count(chr(10))} lines, split it ({limit} at most)")
    return found


class Layering(unittest.TestCase):
    def test_there_is_something_to_check(self):
        self.assertGreater(sum(1 for _ in code_files(REPOSITORY)), 20)

    def test_rooms_include_only_what_they_may(self):
        self.assertEqual(include_violations(REPOSITORY), [])

    def test_no_grab_bags(self):
        self.assertEqual(name_violations(REPOSITORY), [])

    def test_files_hold_one_idea(self):
        self.assertEqual(length_violations(REPOSITORY), [])


class PlantedViolations(unittest.TestCase):
    """The checks find what they are for."""

    def plant(self, path, text):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        root = pathlib.Path(directory.name)
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(text, encoding="utf-8")
        return root

    def test_includes(self):
        for path, header in [
            ("core/geo.h", '"api/problem.h"'),
            ("storage/day.cpp", '"index/segment.h"'),
            ("index/segment.cpp", '"storage/store.h"'),
            ("ingest/ingestor.cpp", '"query/trajectory.h"'),
            ("query/trajectory.cpp", '"ingest/ingestor.h"'),
            ("query/trajectory.cpp", '"server/exchange.h"'),
            ("client/client.cpp", '"storage/store.h"'),
            ("client/commands/simulate.cpp", '"ingest/ingestor.h"'),
            ("client/main.cpp", '"query/trajectory.h"'),
            ("client/main.cpp", '"server/exchange.h"'),
            ("core/geo.cpp", "<storage/store.h>"),
            ("query/search.cpp", "<rocksdb/db.h>"),
            ("query/image.cpp", "<faiss/IndexHNSW.h>"),
            ("server/handlers/pictures.cpp", "<opencv2/core.hpp>"),
            ("ingest/ingestor.cpp", "<boost/asio/post.hpp>"),
            ("query/search.cpp", "<simdjson.h>"),
            ("client/output.cpp", "<rapidjson/writer.h>"),
            ("tests/model/store_test.cpp", '"server/exchange.h"'),
            ("bench/load.cpp", '"server/exchange.h"'),
            ("core/geo.h", '"tests/support/map.h"'),
        ]:
            with self.subTest(path=path, header=header):
                root = self.plant(path, f"// a file\n#  include {header}\n")
                self.assertEqual(len(include_violations(root)), 1)

    def test_allowed_includes(self):
        for path, header in [
            ("server/handlers/sightings.cpp", '"ingest/ingestor.h"'),
            ("server/listener.cpp", "<boost/asio/ip/tcp.hpp>"),
            ("storage/day.cpp", "<rocksdb/db.h>"),
            ("client/output.cpp", '"api/json_writer.h"'),
            ("client/main.cpp", '"ingest/ingestor.h"'),
            ("client/commands/simulate.cpp", '"simulation/simulation.h"'),
            ("tests/unit/server/router_test.cpp", '"server/router.h"'),
        ]:
            with self.subTest(path=path, header=header):
                self.assertEqual(include_violations(self.plant(path, f"#include {header}\n")), [])

    def test_names(self):
        for path in ["core/util.h", "server/common/names.h", "api/helpers.cpp"]:
            with self.subTest(path=path):
                self.assertEqual(len(name_violations(self.plant(path, "\n"))), 1)

    def test_lengths(self):
        for path, lines, violations in [
            ("core/a.h", 250, 0),
            ("core/a.h", 251, 1),
            ("core/a.cpp", 500, 0),
            ("core/a.cpp", 501, 1),
        ]:
            with self.subTest(path=path, lines=lines):
                self.assertEqual(len(length_violations(self.plant(path, "\n" * lines))), violations)


if __name__ == "__main__":
    unittest.main()
