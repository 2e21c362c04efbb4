"""What a search must answer, decided row by row: the brute force that servers are compared with.

Written from the API's documentation alone. Nothing is clever here but the order of the checks.
"""

import bisect
import dataclasses
import datetime
import functools
import json
import math
import re
import sys
import unicodedata

EARTH_RADIUS_M = 6_371_008.8
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def milliseconds(time):
    if isinstance(time, int):
        return time
    since = datetime.datetime.fromisoformat(time) - EPOCH
    return since // datetime.timedelta(milliseconds=1)


@functools.lru_cache(maxsize=1_000_000)
def normalized(plate):
    text = unicodedata.normalize("NFKC", plate).upper()
    return "".join(each for each in text if not each.isspace() and each not in "-.·")


@dataclasses.dataclass(slots=True)
class Row:
    time: int
    camera: str
    plate: str  # as it stands now; "" unread
    read: str  # as it came, normalised
    source: str | None
    attributes: dict  # shared between rows, never changed
    place: tuple | None  # lon, lat
    line: bytes  # as it was sent

    @property
    def identity(self):
        return (self.camera, self.time, self.source or self.read)

    def sent(self):
        return json.loads(self.line)


class RowReader:
    """Makes rows of lines of NDJSON. What many rows have in common is held once."""

    def __init__(self, camera_places):
        self.camera_places = camera_places
        self.shared = {}

    def share(self, value):
        # By its text: True and 1 are equal, and no attribute value may become the other.
        return self.shared.setdefault(repr(value), value)

    def row(self, line):
        sighting = json.loads(line)
        camera = sys.intern(sighting["camera_id"])
        place = sighting.get("location")
        place = (place["lon"], place["lat"]) if place else self.camera_places.get(camera)
        plate = normalized(sighting.get("plate", ""))
        return Row(
            milliseconds(sighting["time"]),
            camera,
            plate,
            plate,
            sighting.get("source_id"),
            self.share(sighting.get("attributes", {})),
            self.share(place),
            line,
        )


# --- one condition each ----------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def pattern_expression(pattern):
    pieces = [""]  # what stands between the runs of any characters
    escaped = False
    for each in normalized(pattern):
        if escaped:
            pieces[-1] += re.escape(each)
            escaped = False
        elif each == "\\":
            escaped = True
        elif each == "*":
            pieces.append("")
        else:
            pieces[-1] += "." if each == "?" else re.escape(each)
    first, *between = pieces
    if not between:
        return re.compile(first)
    # The leftmost place is right for all but the last piece; without taking it back (atomic groups)
    # many stars cost no more than few.
    middle = "".join(f"(?>.*?{piece})" for piece in between[:-1])
    return re.compile(f"{first}{middle}.*{between[-1]}")


def plate_distance(text, plate, most):
    """Levenshtein distance over characters, '?' of the text equal to any; most + 1 when larger."""
    if abs(len(text) - len(plate)) > most:
        return most + 1
    before = list(range(len(plate) + 1))
    for i, wanted in enumerate(text, 1):
        row = [i]
        for j, seen in enumerate(plate, 1):
            same = wanted == seen or wanted == "?"
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (not same)))
        if min(row) > most:
            return most + 1
        before = row
    return min(before[-1], most + 1)


def plates_near(plates, text, most):
    """{plate: distance}. One of most + 1 pieces of the text stands unchanged in a near plate."""
    text = normalized(text)
    cuts = [len(text) * i // (most + 1) for i in range(most + 2)]
    pieces = [max(text[a:b].split("?"), key=len) for a, b in zip(cuts, cuts[1:])]
    near = {}
    for plate in plates:
        if plate and any(piece in plate for piece in pieces):
            distance = plate_distance(text, plate, most)
            if distance <= most:
                near[plate] = distance
    return near


def metres(a, b):
    (lon1, lat1), (lon2, lat2) = [(math.radians(x), math.radians(y)) for x, y in (a, b)]
    h = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def in_ring(place, ring):
    x, y = place
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def in_area(place, area):
    polygons = [area["coordinates"]] if area["type"] == "Polygon" else area["coordinates"]
    return any(
        in_ring(place, polygon[0]) and not any(in_ring(place, hole) for hole in polygon[1:])
        for polygon in polygons
    )


def same_value(a, b):
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def has_attribute(attributes, name, wanted):
    if name not in attributes:
        return False
    values = wanted if isinstance(wanted, list) else [wanted]
    return any(same_value(attributes[name], value) for value in values)


# --- whole filters ---------------------------------------------------------------------------


def passing(filter_, rows, plates, places):
    """Those of the rows that pass everything but `time`. What rows share is decided once."""
    if "plate" in filter_:
        expression = pattern_expression(filter_["plate"])
        fits = {plate for plate in plates if plate and expression.fullmatch(plate)}
        rows = [row for row in rows if row.plate in fits]
    if "plate_like" in filter_:
        like = filter_["plate_like"]
        near = plates_near(plates, like["text"], like.get("max_distance", 1))
        rows = [row for row in rows if row.plate in near]
    if "cameras" in filter_:
        cameras = set(filter_["cameras"])
        rows = [row for row in rows if row.camera in cameras]
    if "near" in filter_:
        center = (filter_["near"]["lon"], filter_["near"]["lat"])
        radius = filter_["near"]["radius_m"]
        within = {place for place in places if place and metres(place, center) <= radius}
        rows = [row for row in rows if row.place in within]
    if "area" in filter_:
        inside = {place for place in places if place and in_area(place, filter_["area"])}
        rows = [row for row in rows if row.place in inside]
    if "attributes" in filter_:
        decided = {}  # by the dictionary, which many rows share

        def has_all(row):
            key = id(row.attributes)
            if key not in decided:
                decided[key] = all(
                    has_attribute(row.attributes, name, wanted)
                    for name, wanted in filter_["attributes"].items()
                )
            return decided[key]

        rows = [row for row in rows if has_all(row)]
    return rows


def passes(filter_, row):
    """Whether one row passes."""
    time = filter_.get("time", {})
    if "from" in time and row.time < milliseconds(time["from"]):
        return False
    if "to" in time and row.time >= milliseconds(time["to"]):
        return False
    return bool(passing(filter_, [row], {row.plate}, {row.place}))


def time_order(row):
    return (row.time, row.camera.encode())


def between(filter_, rows):
    """The rows, in order of time, that lie in the filter's interval."""
    time = filter_.get("time", {})
    begin, end = 0, len(rows)
    if "from" in time:
        begin = bisect.bisect_left(rows, milliseconds(time["from"]), key=lambda row: row.time)
    if "to" in time:
        end = bisect.bisect_left(rows, milliseconds(time["to"]), key=lambda row: row.time)
    return rows[begin:end]


class Model:
    """All rows of a data set, each identity once (the first), as corrections left them."""

    def __init__(self, cameras, lines):
        """`lines`: the sightings, each a line of NDJSON."""
        self.reader = RowReader(
            {
                camera["id"]: (camera["location"]["lon"], camera["location"]["lat"])
                for camera in cameras
                if camera.get("location")
            }
        )
        self.by_identity = {}
        self.plates = set()
        self.places = set()
        self.rows = sorted(self.new_rows(lines), key=time_order)
        self.cameras = sorted({row.camera for row in self.rows})
        self.added = []  # few, so that adding more is cheap

    def new_rows(self, lines):
        rows = []
        for line in lines:
            row = self.reader.row(line)
            if self.by_identity.setdefault(row.identity, row) is row:
                self.plates.add(row.plate)
                self.places.add(row.place)
                rows.append(row)
        return rows

    def add(self, lines):
        for row in self.new_rows(lines):
            bisect.insort(self.added, row, key=time_order)

    def corrected(self, row, patch):
        """Plate and attributes after PATCH /v1/sightings/{id} (a merge patch)."""
        plate = normalized(patch["plate"] or "") if "plate" in patch else row.plate
        merged = row.attributes | patch.get("attributes", {})
        return plate, {name: merged[name] for name in sorted(merged) if merged[name] is not None}

    def correct(self, row, patch):
        plate, attributes = self.corrected(row, patch)
        row.plate = plate
        row.attributes = self.reader.share(attributes)
        self.plates.add(plate)

    def matching(self, filter_):
        """The rows that pass, in time order."""
        found, added = [
            passing(filter_, between(filter_, rows), self.plates, self.places)
            for rows in (self.rows, self.added)
        ]
        return sorted(found + added, key=time_order) if added else found
