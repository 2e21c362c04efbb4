"""Image search against brute force: every option, every metric, right after the acknowledgement.

Usage: image_search_test.py [--sightings N] [--questions N] [--seed N]

The city is `sightline simulate`'s, with its vectors; further spaces hold random vectors. What is
nearest is decided here, vector by vector, from the files alone.
"""

import argparse
import array
import base64
import json
import math
import operator
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

from filter_model import Model
from random_filters import FilterDice
from sightline_server import BIN, Server, environment, ndjson

SIGHTINGS = 40_000
QUESTIONS = 120
SEED = None

BATCH = 2_000
RECALL = 0.95
# Small, so that questions meet graphs, segments that are scanned, and rows that are in none.
OPTIONS = ("--seal-rows", 10_000, "--seal-idle-ms", 200, "--graph-vectors", 2_000)

ELEMENTS = {"u8": "B", "i8": "b", "f32": "f"}  # array's type codes, native as the machine's


def encoded(components, element):
    return base64.b64encode(array.array(ELEMENTS[element], components).tobytes()).decode()


def decoded(text, element):
    return array.array(ELEMENTS[element], base64.b64decode(text)).tolist()


def dot(a, b):
    return sum(map(operator.mul, a, b))


class Space:
    """How far two vectors are apart, by the definition of the space."""

    def __init__(self, name, bytes_, element, metric):
        self.name, self.bytes, self.element, self.metric = name, bytes_, element, metric
        self.dimensions = bytes_ // (4 if element == "f32" else 1)

    def distance(self, a, b):
        if self.metric == "ip":
            return -dot(a, b)
        if self.metric == "cosine":
            lengths = math.sqrt(dot(a, a)) * math.sqrt(dot(b, b))
            return 1 - dot(a, b) / lengths if lengths else 1.0
        return math.dist(a, b)

    def random(self, dice):
        low, high = {"u8": (0, 255), "i8": (-128, 127), "f32": (-3, 3)}[self.element]
        draw = dice.uniform if self.element == "f32" else dice.randint
        return [draw(low, high) for _ in range(self.dimensions)]


VEHICLE = Space("vehicle", 128, "u8", "l2")
OTHER_SPACES = [
    Space("face", 512, "f32", "cosine"),
    Space("body", 128, "i8", "ip"),
    Space("logo", 128, "f32", "l2"),
    Space("wheel", 512, "i8", "cosine"),
]


class Vehicle:
    """A stored sighting: its row of the model, its id, and its vectors by space."""

    __slots__ = ("row", "id", "vectors", "plate")

    def __init__(self, row, id_, vectors):
        self.row, self.id, self.vectors, self.plate = row, id_, vectors, row.plate


class Truth:
    """What a question must find, and how near."""

    def __init__(self, model, vehicles):
        self.model = model
        self.vehicles = vehicles
        self.by_id = {vehicle.id: vehicle for vehicle in vehicles}
        self.by_identity = {vehicle.row.identity: vehicle for vehicle in vehicles}

    def example(self, example, space):
        if "sighting_id" in example:
            return self.by_id[example["sighting_id"]].vectors[space.name]
        return decoded(example["vector"], space.element)

    def passing(self, filter_):
        return [self.by_identity[row.identity] for row in self.model.matching(filter_)]

    def matches(self, question, space):
        """(distance, id) of all, nearest first; grouped, with how many others there are."""
        like = as_list(question["like"])
        unlike = as_list(question.get("unlike", []))
        asked = {each.get("sighting_id") for each in [*like, *unlike]}
        wanted = [self.example(each, space) for each in like]
        unwanted = [self.example(each, space) for each in unlike]
        most = question.get("max_distance", math.inf)
        found = []
        passing = self.passing(question.get("filter", {}))
        for each in passing:
            vector = each.vectors.get(space.name)
            if vector is None or each.id in asked:
                continue
            distance = min(space.distance(vector, one) for one in wanted)
            if distance > most:
                continue
            if any(space.distance(vector, one) < distance for one in unwanted):
                continue
            found.append((distance, each.id))
        found.sort()
        if "group_by" not in question:
            return [(distance, id_, None) for distance, id_ in found]
        groups = {}
        for distance, id_ in found:
            groups.setdefault(self.by_id[id_].plate or id_, (distance, id_))
        others = {}
        for each in passing:
            if each.id not in asked:
                others[each.plate] = others.get(each.plate, 0) + 1
        return [
            (distance, id_, others[plate] - 1 if plate in others else 0)
            for plate, (distance, id_) in groups.items()
        ]


def as_list(examples):
    return examples if isinstance(examples, list) else [examples]


def near(a, b):
    return math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-5)


class ImageSearchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        seed = random.SystemRandom().randrange(1 << 32) if SEED is None else SEED
        print(f"--seed {seed}", flush=True)
        cls.dice = random.Random(seed)
        cls.server = Server(OPTIONS).__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.connection = cls.server.connect()
        cls.addClassCleanup(cls.connection.close)
        cameras, lines = cls.simulate(seed)
        assert cls.connection.post("/v1/cameras", cameras).status == 200
        for space in OTHER_SPACES:
            body = {"bytes": space.bytes, "element": space.element, "metric": space.metric}
            reply = cls.connection.request("PUT", f"/v1/spaces/{space.name}", body)
            assert reply.status == 201, reply.body
        lines += cls.lines_with_other_vectors(lines[:600])
        cls.store(lines)
        cls.read_back(cameras, lines)

    @classmethod
    def simulate(cls, seed):
        with tempfile.TemporaryDirectory(prefix="sightline-test-") as folder:
            subprocess.run(
                [BIN / "sightline", "simulate", "--sightings", str(SIGHTINGS), "--days", "2"]
                + ["--vehicles", str(SIGHTINGS // 20), "--seed", str(seed), "--no-gzip"]
                + ["--no-truth", "--quiet", "--out", folder],
                check=True,
                env=environment(),
            )
            folder = pathlib.Path(folder)
            cameras, sightings = [
                (folder / f"{name}.ndjson").read_bytes().splitlines(keepends=True)
                for name in ("cameras", "sightings")
            ]
            return [json.loads(camera) for camera in cameras], sightings

    @classmethod
    def lines_with_other_vectors(cls, lines):
        """The same vehicles a moment later, with vectors of the other spaces alone."""
        others = []
        for number, line in enumerate(lines):
            sighting = json.loads(line)
            sighting["source_id"] = f"other-{number}"
            sighting["vectors"] = {
                space.name: encoded(space.random(cls.dice), space.element) for space in OTHER_SPACES
            }
            others.append(ndjson([sighting]))
        return others

    @classmethod
    def store(cls, lines):
        """Checks on the way that what was acknowledged is found."""
        for begin in range(0, len(lines), BATCH):
            batch = lines[begin : begin + BATCH]
            reply = cls.connection.post(
                "/v1/sightings", b"".join(batch), content_type="application/x-ndjson"
            )
            answer = reply.json()
            assert answer["rejected"] == 0, answer["errors"][:3]
            for line in cls.dice.sample(batch, 3):
                cls.assert_found(json.loads(line))

    @classmethod
    def assert_found(cls, sighting):
        space, vector = cls.dice.choice(sorted(sighting["vectors"].items()))
        reply = cls.connection.post(
            "/v1/search/image",
            {"space": space, "like": {"vector": vector}, "k": 50}
            | ({} if space in ("vehicle", "detail") else {"exact": True}),
        )
        assert reply.status == 200, reply.body
        sources = [match["sighting"].get("source_id") for match in reply.json()["matches"]]
        assert sighting["source_id"] in sources, (space, sighting["source_id"], sources)

    @classmethod
    def read_back(cls, cameras, lines):
        cls.model = Model(cameras, lines)
        stored = cls.connection.request(
            "POST",
            "/v1/search/sightings?include=vectors",
            {},
            headers={"Accept": "application/x-ndjson"},
        )
        spaces = {space.name: space.element for space in [VEHICLE, *OTHER_SPACES]}
        vehicles = []
        rows = {row.identity: row for row in cls.model.rows}
        for line in stored.body.splitlines(keepends=True):
            sighting = json.loads(line)
            row = rows[cls.model.reader.row(line).identity]
            vectors = {
                name: decoded(text, spaces[name]) for name, text in sighting["vectors"].items()
            }
            vehicles.append(Vehicle(row, sighting["id"], vectors))
        assert len(vehicles) == len(rows), (len(vehicles), len(rows))
        cls.truth = Truth(cls.model, vehicles)

    # --- asking ------------------------------------------------------------------------------

    def ask(self, question, path="/v1/search/image", status=200):
        reply = self.connection.post(path, question)
        self.assertEqual(reply.status, status, reply.body)
        return reply.json()

    def all_pages(self, question):
        matches, token = [], None
        while True:
            answer = self.ask(question | ({"page_token": token} if token else {}))
            self.assertLessEqual(len(answer["matches"]), question.get("k", 20))
            matches += answer["matches"]
            token = answer.get("next_page_token")
            if not token:
                return matches

    def example(self, space, kind=None):
        having = [each for each in self.truth.vehicles if space.name in each.vectors]
        vehicle = self.dice.choice(having)
        kind = kind or self.dice.choice(["sighting", "vector", "random"])
        if kind == "sighting":
            return {"sighting_id": vehicle.id}
        components = vehicle.vectors[space.name] if kind == "vector" else space.random(self.dice)
        return {"vector": encoded(components, space.element)}

    def assert_same(self, matches, wanted, question):
        """Nearest first and each as near as it says; those equally far may change places."""
        said = json.dumps(question)[:2000]
        self.assertEqual(len(matches), len(wanted), said)
        by_id = {id_: (distance, others) for distance, id_, others in wanted}
        for match, (distance, _, _) in zip(matches, wanted):
            self.assertTrue(near(match["distance"], distance), (match["distance"], distance, said))
        for match in matches:
            distance, others = by_id.get(match["sighting"]["id"], (None, None))
            self.assertIsNotNone(distance, said)
            self.assertTrue(near(match["distance"], distance), said)
            self.assertEqual(match.get("others"), others, said)
        ids = [match["sighting"]["id"] for match in matches]
        self.assertEqual(len(set(ids)), len(ids), said)

    def assert_sound(self, answer):
        distances = [match["distance"] for match in answer["matches"]]
        similarities = [match["similarity"] for match in answer["matches"]]
        self.assertEqual(distances, sorted(distances))
        self.assertEqual(similarities, sorted(similarities, reverse=True))
        self.assertTrue(all(0 <= each <= 1 for each in similarities))

    def wait_until_graphed(self):
        self.server.wait_until_sealed()
        began = time.monotonic()
        while not self.connection.get("/v1/index").json()["spaces"]["vehicle"]["graphs"]:
            if time.monotonic() - began > 60:
                raise RuntimeError(f"no graph after 60 s\n{self.server.log_text()}")
            time.sleep(0.05)

    # --- what is found -----------------------------------------------------------------------

    def test_exact_answers_are_those_of_brute_force(self):
        filters = FilterDice(self.model, self.dice)
        drawn = list(filters.filters(QUESTIONS))
        for number in range(QUESTIONS):
            space = VEHICLE if number % 4 else self.dice.choice(OTHER_SPACES)
            question = {"exact": True, "k": self.dice.choice([1, 5, 20, 100, 1000])}
            count = self.dice.choice([1, 1, 1, 2, 3])
            examples = [self.example(space) for _ in range(count)]
            question["like"] = examples[0] if count == 1 else examples
            if space is not VEHICLE:
                question["space"] = space.name
            if number % 3:
                question["filter"] = drawn[number]
            if self.dice.random() < 0.3:
                question["group_by"] = "plate"
            if self.dice.random() < 0.3:
                question["unlike"] = self.example(space, "vector")
            wanted = self.truth.matches(question, space)
            if wanted and self.dice.random() < 0.3:
                question["max_distance"] = self.dice.choice(wanted)[0] + 1e-6
                wanted = self.truth.matches(question, space)
            answer = self.ask(question)
            self.assert_sound(answer)
            self.assert_same(answer["matches"], wanted[: question["k"]], question)
            self.assertEqual("next_page_token" in answer, len(wanted) > question["k"])

    def test_pages_join_to_the_whole_answer(self):
        for grouped in ({}, {"group_by": "plate"}):
            for k in (7, 50):
                question = {"like": self.example(VEHICLE), "k": k, "exact": True} | grouped
                question["filter"] = {"cameras": self.dice.sample(self.model.cameras, 8)}
                self.assert_same(
                    self.all_pages(question), self.truth.matches(question, VEHICLE), question
                )

    def test_a_stream_is_the_whole_answer(self):
        question = {
            "like": self.example(VEHICLE),
            "exact": True,
            "filter": {"cameras": self.dice.sample(self.model.cameras, 5)},
        }
        reply = self.connection.post(
            "/v1/search/image", question, headers={"Accept": "application/x-ndjson"}
        )
        self.assertEqual(reply.status, 200, reply.body)
        matches = [json.loads(line) for line in reply.body.splitlines()]
        self.assert_same(matches, self.truth.matches(question, VEHICLE), question)

    def test_the_default_finds_nearly_all(self):
        self.wait_until_graphed()
        found = wanted = 0
        by_graph = 0
        for _ in range(QUESTIONS // 2):
            question = {"like": self.example(VEHICLE, "vector"), "k": 10, "explain": True}
            answer = self.ask(question)
            nearest = self.truth.matches(question, VEHICLE)
            farthest = nearest[9][0] + 1e-6
            found += sum(match["distance"] <= farthest for match in answer["matches"])
            wanted += 10
            by_graph += answer["explain"]["paths"][0]["segments"] > 0
        print(f"recall@10 {found / wanted:.4f}, {by_graph} of {QUESTIONS // 2} by graph")
        self.assertGreater(by_graph, 0)
        self.assertGreaterEqual(found / wanted, RECALL)

    def test_a_batch_is_what_its_questions_are_one_by_one(self):
        questions = [{"like": self.example(VEHICLE), "exact": True, "k": 5} for _ in range(30)]
        questions += [
            {"space": space.name, "like": self.example(space), "exact": True}
            for space in OTHER_SPACES
        ]
        questions.insert(3, {"like": {"sighting_id": "0" * 36}})
        questions.insert(9, {"like": {"vector": "AAAA"}})
        answers = self.ask({"queries": questions}, "/v1/search/image/batch")["answers"]
        self.assertEqual(len(answers), len(questions))
        for number, (question, answer) in enumerate(zip(questions, answers)):
            if number in (3, 9):
                self.assertEqual(answer["error"]["status"], 404 if number == 3 else 400)
                continue
            alone = self.ask(question)
            self.assertEqual(answer["matches"], alone["matches"])
            self.assertEqual(answer["space"], alone["space"])

    def test_travel_pushes_down_what_cannot_be(self):
        placed = [each for each in self.truth.vehicles if each.row.place and each.vectors]
        vehicle = self.dice.choice([each for each in placed if "vehicle" in each.vectors])
        about = {"from": vehicle.row.time - 7_200_000, "to": vehicle.row.time + 7_200_000}
        question = {
            "like": {"sighting_id": vehicle.id},
            "k": 1000,
            "filter": {"time": about},
            "travel": {"max_speed_kmh": 1},
        }
        answer = self.ask(question)
        verdicts = [match["travel"]["possible"] for match in answer["matches"]]
        self.assertEqual(verdicts, sorted(verdicts, reverse=True))
        self.assertIn(False, verdicts)
        wanted = self.truth.matches(question, VEHICLE)
        self.assertEqual(len(verdicts), min(1000, len(wanted)))
        for match in answer["matches"]:
            travel = match["travel"]
            self.assertTrue(travel["reason"])
            if not travel["possible"]:
                reach = 1 / 3.6 * (travel["gap_s"] + 10) + 200
                self.assertGreater(travel["distance_m"], reach - 1)

    # --- what is refused ---------------------------------------------------------------------

    def test_mistakes_say_where_they_are(self):
        good = self.example(VEHICLE, "sighting")
        vector = self.example(VEHICLE, "vector")
        without = next(each for each in self.truth.vehicles if "vehicle" not in each.vectors)
        for question, status, field in (
            ({}, 400, "/like"),
            ({"like": [good, {"vector": "AAAA"}]}, 400, "/like/1/vector"),
            ({"like": vector, "unlike": [{"vector": "AAA"}]}, 400, "/unlike/0/vector"),
            ({"like": vector, "space": "none"}, 400, "/space"),
            ({"like": vector, "k": 1001}, 400, "/k"),
            ({"like": vector, "travel": True}, 400, "/travel"),
            ({"like": vector, "filter": {"colour": "red"}}, 400, "/filter/colour"),
            ({"like": {"sighting_id": "0" * 36}}, 404, "/like/sighting_id"),
            ({"like": {"sighting_id": without.id}}, 422, "/like/sighting_id"),
        ):
            answer = self.ask(question, status=status)
            self.assertEqual(answer.get("field"), field, question)

    def test_a_vector_of_another_length_costs_its_line_alone(self):
        sighting = {"camera_id": self.model.cameras[0], "time": 1, "plate": "X1"}
        lines = [
            sighting | {"source_id": "x1", "vectors": {"vehicle": "AAAA"}},
            sighting | {"source_id": "x2", "vectors": {"unknown": "AAAA"}},
        ]
        answer = self.connection.post_sightings(lines).json()
        self.assertEqual(
            [(each["line"], each["field"]) for each in answer["errors"]],
            [(1, "/vectors/vehicle"), (2, "/vectors/unknown")],
        )

    # --- the command line ----------------------------------------------------------------------

    def test_the_command_line_shows_what_looks_alike(self):
        vehicle = next(each for each in self.truth.vehicles if "vehicle" in each.vectors)
        question = {"like": {"sighting_id": vehicle.id}, "exact": True, "k": 5}
        ended = self.server.command(
            "similar", "--sighting", vehicle.id, "--exact", "-k", 5, "--csv", "--tz", "UTC"
        )
        self.assertEqual(ended.returncode, 0, ended.stderr)
        header, *rows = ended.stdout.splitlines()
        self.assertTrue(header.startswith("rank,similarity,distance,plate,time,camera_id"))
        wanted = self.truth.matches(question, VEHICLE)[:5]
        for number, (row, (distance, _, _)) in enumerate(zip(rows, wanted, strict=True), 1):
            rank, _, shown = row.split(",")[:3]
            self.assertEqual(rank, str(number))
            self.assertTrue(near(float(shown), distance))
        file = self.server.directory / "vector"
        file.write_bytes(bytes(vehicle.vectors["vehicle"]))
        ended = self.server.command("similar", "--vector", file, "--exact", "-k", 1, "--json")
        self.assertEqual(json.loads(ended.stdout)["matches"][0]["distance"], 0)
        self.assertEqual(self.server.command("similar").returncode, 2)
        self.assertEqual(self.server.command("similar", "--sighting", "0" * 36).returncode, 5)

    def test_the_index_is_rebuilt_while_it_answers(self):
        self.wait_until_graphed()
        question = {"like": self.example(VEHICLE), "exact": True, "k": 100}
        before = self.ask(question)["matches"]
        ended = self.server.command("index", "rebuild", "--wait", "--json", "--quiet")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        job = json.loads(ended.stdout)
        self.assertEqual(job["status"], "done")
        result = job["result"]
        self.assertEqual(result["rebuilt"] + result["gone"], result["segments"])
        self.assertGreater(result["rebuilt"], 0)
        self.assertEqual(self.ask(question)["matches"], before)
        listed = self.server.command("jobs", "list", "--csv")
        self.assertIn(job["id"], listed.stdout)
        spaces = self.server.command("spaces", "list", "--csv").stdout.splitlines()
        self.assertEqual(spaces[0], "name,bytes,element,metric,model,vectors,sealed,graphed")
        self.assertTrue(any(line.startswith("face,512,f32,cosine,") for line in spaces), spaces)
        status = self.server.command("index", "status", "--csv").stdout.splitlines()
        days = {row.time // 86_400_000 for row in self.model.rows}
        self.assertEqual(len(status), 1 + len(days), status)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--sightings", type=int, default=SIGHTINGS)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--seed", type=int)
    options, rest = parser.parse_known_args()
    SIGHTINGS, QUESTIONS, SEED = options.sightings, options.questions, options.seed
    unittest.main(argv=[sys.argv[0], *rest])
