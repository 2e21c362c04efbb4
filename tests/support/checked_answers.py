"""Asks a server, and holds every answer against the model, while sightings and corrections arrive."""

import collections
import itertools
import json
import random
import threading
import time

from filter_model import (
    has_attribute,
    milliseconds,
    normalized,
    passes,
    plate_distance,
    RowReader,
    time_order,
)

BATCH = 50
RATE = 200  # sightings a second, arriving while questions are asked
# Rows of one answer that are looked at; whole answers where they are shorter.
MOST_ROWS = 3_000
STREAMED_ROWS = 20_000
# Of an answer: rows of which every member is compared, not only those that filters look at.
WHOLE_ROWS = 20


def copies(dice, lines, names):
    """Sightings like others that are known, moved in time, under new names."""
    for name in names:
        sighting = json.loads(dice.choice(lines))
        sighting["source_id"] = name
        sighting["time"] = milliseconds(sighting["time"]) + dice.randrange(-5_000, 5_000)
        yield json.dumps(sighting, ensure_ascii=False).encode() + b"\n"


class Arrivals(threading.Thread):
    """Sends copies of known sightings, named arrival-1 and so on, until told to stop."""

    def __init__(self, connection, lines, seed):
        super().__init__()
        self.connection = connection
        self.lines = lines
        self.dice = random.Random(seed)
        self.stopping = threading.Event()
        self.sent = 0  # begun to be sent, at least those that a server can know
        self.acknowledged = collections.deque()  # lines
        self.failure = None

    def take(self):
        """The lines that were acknowledged since the last call."""
        return [self.acknowledged.popleft() for _ in range(len(self.acknowledged))]

    def run(self):
        began = time.monotonic()
        for number in itertools.count():
            due = began + number * BATCH / RATE
            if self.stopping.wait(max(0.0, due - time.monotonic())):
                break
            names = [f"arrival-{self.sent + each}" for each in range(1, BATCH + 1)]
            batch = list(copies(self.dice, self.lines, names))
            self.sent += BATCH
            reply = self.connection.post(
                "/v1/sightings", b"".join(batch), content_type="application/x-ndjson"
            )
            if reply.status != 200 or reply.json()["accepted"] != BATCH:
                self.failure = reply.body
                break
            self.acknowledged += batch
        self.connection.close()


class Corrections:
    """Draws what a person might correct, as bodies of PATCH."""

    def __init__(self, dice, model):
        self.dice = dice
        self.model = model
        self.plates = sorted(self.model.plates - {""})

    def patch(self, row):
        """One that changes something."""
        while True:
            patch = {}
            kind = self.dice.randrange(3)
            if kind != 0:
                patch["plate"] = self.plate(row)
            if kind != 1:
                patch["attributes"] = self.attributes(row)
            if self.model.corrected(row, patch) != (row.plate, row.attributes):
                return patch

    def plate(self, row):
        other = self.dice.choice(self.plates)
        drawn = self.dice.random()
        if drawn < 0.15 and row.plate:
            return None
        if drawn < 0.5 or not row.plate:
            return other
        place = self.dice.randrange(len(row.plate))
        return row.plate[:place] + self.dice.choice(other) + row.plate[place + 1 :]

    def attributes(self, row):
        changes = {"seen_by": self.dice.choice(["a person", "another reader"])}
        if row.attributes:
            name = self.dice.choice(sorted(row.attributes))
            changes[name] = self.dice.choice([None, "other", True, 1, 2.5])
        return changes


class Answers:
    """Checks the answers of one server. `test`: a unittest.TestCase; `model`: what it was sent."""

    def __init__(self, test, connection, model, dice, arrivals):
        self.test = test
        self.connection = connection
        self.model = model
        self.dice = dice
        self.arrivals = arrivals
        self.drawn_corrections = Corrections(dice, model)
        self.corrected = []  # rows
        self.late = itertools.count(1)
        self.rows = 0  # that were compared

    def post(self, body):
        reply = self.connection.post("/v1/search/sightings", body)
        self.test.assertEqual(reply.status, 200, reply.body)
        return reply.json()

    def check(self, question):
        """Asks, compares, and lets the model follow what was changed meanwhile."""
        self.model.add(self.arrivals.take())
        expected = self.model.matching(question["filter"])
        self.meanwhile = []  # changes for the model, made while the answer was read
        self.touched = []  # rows that they correct
        self.sent_at_first_page = None
        if len(expected) <= STREAMED_ROWS and self.dice.random() < 0.2:
            body = {name: question[name] for name in ("filter", "order") if name in question}
            rows, complete = self.connection.stream(body), True
        else:
            rows, complete = self.pages(question, expected)
        self.rows += len(rows)
        self.compare(question, expected, rows, complete)
        for change in self.meanwhile:
            change()
        if self.sent_at_first_page is not None and self.dice.random() < 0.3:
            self.check_again()

    def pages(self, question, expected):
        """Rows of the first pages, and whether that was all."""
        answer = self.post(question)
        self.sent_at_first_page = self.arrivals.sent
        self.first = question, answer
        if self.dice.random() < 0.3:
            self.change_something(answer["sightings"], expected)
        rows = []
        while True:
            self.test.assertLessEqual(len(answer["sightings"]), question["limit"])
            self.test.assertEqual(answer["as_of"], self.first[1]["as_of"])
            self.test.assertEqual("explain" in answer, question.get("explain", False))
            rows += answer["sightings"]
            if "next_page_token" not in answer:
                return rows, True
            self.test.assertEqual(len(answer["sightings"]), question["limit"])
            enough = len(rows) >= 5 * question["limit"] and len(rows) < len(expected)
            if len(rows) >= MOST_ROWS or enough:
                return rows, False
            answer = self.post(question | {"page_token": answer["next_page_token"]})

    def check_again(self):
        """With its `as_of` the first page is the same again, whatever came after it."""
        question, before = self.first
        after = self.post(question | {"as_of": before["as_of"]})
        self.test.assertEqual(after["sightings"], before["sightings"])
        self.test.assertEqual(after["as_of"], before["as_of"])

    # --- what changes between two pages ----------------------------------------------------------

    def change_something(self, seen, expected):
        """Corrects a row that was seen and one that was perhaps not, and sends more that pass."""
        if not expected:
            return
        if seen:
            self.correct(self.dice.choice(seen))
        row = self.dice.choice(expected)
        moment = {"from": row.time, "to": row.time + 1}
        found = self.post({"filter": {"time": moment, "cameras": [row.camera]}, "limit": 10})
        self.test.assertNotEqual(found["sightings"], [])
        self.correct(self.dice.choice(found["sightings"]))
        lines = [self.dice.choice(expected).line for _ in range(5)]
        late = list(copies(self.dice, lines, [f"late-{next(self.late)}" for _ in lines]))
        reply = self.connection.post(
            "/v1/sightings", b"".join(late), content_type="application/x-ndjson"
        )
        self.test.assertEqual(reply.json()["accepted"], len(late))
        self.meanwhile.append(lambda: self.model.add(late))

    def correct(self, seen):
        row = self.model.by_identity.get(self.identity(seen))
        if row is None or row in self.touched:  # None: not known to have been acknowledged
            return
        self.touched.append(row)
        patch = self.drawn_corrections.patch(row)
        reply = self.connection.request("PATCH", f"/v1/sightings/{seen['id']}", patch)
        self.test.assertEqual(reply.status, 200, reply.body)
        self.meanwhile.append(lambda: self.follow(row, patch, reply.json(), seen["id"]))

    def follow(self, row, patch, answered, id_):
        self.model.correct(row, patch)
        self.corrected.append(row)
        self.test.assertEqual(answered["id"], id_)
        self.check_members(answered, row)

    # --- comparing -------------------------------------------------------------------------------

    def identity(self, row):
        name = row.get("source_id") or normalized(row.get("plate_read", ""))
        return (row["camera_id"], milliseconds(row["time"]), name)

    def compare(self, question, expected, rows, complete):
        ids = [row["id"] for row in rows]
        self.test.assertEqual(len(ids), len(set(ids)), "a row came twice")
        known = []
        for row in rows:
            true = self.model.by_identity.get(self.identity(row))
            if true is None:
                self.check_arrived(question["filter"], row)
            else:
                self.check_members(row, true)
                known.append((row, true))
        for row, true in self.dice.sample(known, min(len(known), WHOLE_ROWS)):
            self.check_everything_sent(row, true)
        self.check_match(question["filter"].get("plate_like"), rows)
        order = question.get("order") or (
            "relevance" if "plate_like" in question["filter"] else "time_desc"
        )
        self.check_order(order, rows)
        if order == "relevance":
            self.check_set(expected, [true for _, true in known], complete)
        else:
            self.check_sequence(order, expected, [true for _, true in known], complete)

    def check_arrived(self, filter_, row):
        """A row that came while the question was asked, or a little before: it need not be there."""
        source = row.get("source_id", "")
        self.test.assertTrue(source.startswith("arrival-"), f"not a row that was sent: {row}")
        if self.sent_at_first_page is not None:
            number = int(source.removeprefix("arrival-"))
            self.test.assertLessEqual(number, self.sent_at_first_page, "newer than the first page")
        arrived = RowReader({}).row(json.dumps(row).encode())
        self.test.assertTrue(passes(filter_, arrived), row)

    def check_members(self, row, true):
        """What filters look at."""
        self.test.assertEqual(row.get("plate", ""), true.plate, row)
        self.test.assertEqual(normalized(row.get("plate_read", "")), true.read, row)
        attributes = row.get("attributes", {})
        self.test.assertEqual(attributes.keys(), true.attributes.keys(), row)
        for name, value in true.attributes.items():
            self.test.assertTrue(has_attribute(attributes, name, value), (name, value, row))
        place = row.get("location")
        self.test.assertEqual(place is None, true.place is None, row)
        if place:
            self.test.assertAlmostEqual(place["lon"], true.place[0], 6)
            self.test.assertAlmostEqual(place["lat"], true.place[1], 6)

    def check_everything_sent(self, row, true):
        for name, value in true.sent().items():
            if name in ("plate", "plate_read", "attributes", "location", "vectors"):
                continue
            if name == "time":
                self.test.assertEqual(milliseconds(row[name]), milliseconds(value), row)
            elif isinstance(value, float):
                self.test.assertAlmostEqual(row[name], value, 4, row)
            else:
                self.test.assertEqual(row[name], value, row)

    def check_match(self, like, rows):
        distances = {}
        for row in rows:
            self.test.assertEqual("match" in row, like is not None, row)
            if like:
                plate = row["plate"]
                if plate not in distances:
                    distances[plate] = plate_distance(normalized(like["text"]), plate, 3)
                self.test.assertEqual(row["match"]["differences"], distances[plate], row)
                self.test.assertTrue(0 <= row["match"]["probability"] <= 1, row)

    def check_order(self, order, rows):
        """By time or by falling probability; equal ones by time, camera and id."""
        keys = [(milliseconds(row["time"]), row["camera_id"].encode(), row["id"]) for row in rows]
        ordered = sorted(zip(keys, rows), key=lambda pair: pair[0][1:])
        ordered.sort(key=lambda pair: pair[0][0], reverse=order != "time_asc")
        if order == "relevance":
            ordered.sort(key=lambda pair: pair[1]["match"]["probability"], reverse=True)
        self.test.assertEqual(
            [row["id"] for row in rows], [row["id"] for _, row in ordered], "out of order"
        )

    def check_set(self, expected, seen, complete):
        wanted = {row.identity for row in expected}
        got = {row.identity for row in seen}
        self.test.assertEqual(got - wanted, set(), "rows that do not pass")
        if complete:
            self.test.assertEqual(wanted - got, set(), "rows that are missing")

    def check_sequence(self, order, expected, seen, complete):
        """Row for row; rows of one camera at one instant follow their opaque ids."""
        if not complete and seen:
            last = time_order(seen[-1])
            seen = list(itertools.takewhile(lambda row: time_order(row) != last, seen))
        if order == "time_asc":
            wanted = expected if complete else expected[: len(seen)]
        else:
            wanted = newest_first(expected, None if complete else len(seen))
        self.test.assertEqual(len(seen), len(wanted))
        for (at, some), (_, others) in zip(
            itertools.groupby(seen, time_order), itertools.groupby(wanted, time_order)
        ):
            names = collections.Counter(row.identity for row in some)
            self.test.assertEqual(names, collections.Counter(row.identity for row in others), at)


def newest_first(rows, count):
    """The first `count` (None: all) of rows in ascending order of time."""
    taken = []
    for _, moment in itertools.groupby(reversed(rows), lambda row: row.time):
        taken += sorted(moment, key=time_order)
        if count is not None and len(taken) >= count:
            break
    return taken[:count]
