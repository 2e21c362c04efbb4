"""What a search must answer, decided row by row: the brute force that servers are compared with.

Written from the API's documentation alone. Nothing is clever here but the order of the checks.
"""

import bisect
import dataclasses
import datetime
import functools
import math
import re
import unicodedata

EARTH_RADIUS_M = 6_371_008.8
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def milliseconds(time):
    if isinstance(time, int):
        return time
    since = datetime.datetime.fromisoformat(time) - EPOCH
    return since // datetime.timedelta(milliseconds=1)


def normalized(plate):
    text = unicodedata.normalize("NFKC", plate).upper()
    return "".join(each for each in text if not each.isspace() and each not in "-.·")


@dataclasses.dataclass(slots=True)
class Row:
    time: int
    camera: str
    plate: str  # "" unread
    identity: tuple
    attributes: dict
    place: tuple | None  # lon, lat
    sent: dict  # as it was sent


def row_of(sighting, camera_places):
    time = milliseconds(sighting["time"])
    plate = normalized(sighting.get("plate", ""))
    camera = sighting["camera_id"]
    place = sighting.get("location")
    place = (place["lon"], place["lat"]) if place else camera_places.get(camera)
    identity = (camera, time, sighting.get("source_id") or plate)
    return Row(time, camera, plate, identity, sighting.get("attributes", {}), place, sighting)


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


class Model:
    """All rows of a data set, each identity once (the first)."""

    def __init__(self, cameras, sightings):
        self.places = {
            camera["id"]: (camera["location"]["lon"], camera["location"]["lat"])
            for camera in cameras
            if camera.get("location")
        }
        first = {}
        for sighting in sightings:
            row = row_of(sighting, self.places)
            first.setdefault(row.identity, row)
        self.rows = sorted(first.values(), key=lambda row: (row.time, row.camera.encode()))
        self.times = [row.time for row in self.rows]
        self.plates = {row.plate for row in self.rows}
        self.cameras = sorted({row.camera for row in self.rows})

    def conditions(self, filter_, plates=None):
        """A check of one row for each member but time; `plates`: those that can occur."""
        checks = []
        plates = self.plates if plates is None else plates
        if "plate" in filter_:
            expression = pattern_expression(filter_["plate"])
            passing = {plate for plate in plates if plate and expression.fullmatch(plate)}
            checks.append(lambda row: row.plate in passing)
        if "plate_like" in filter_:
            like = filter_["plate_like"]
            near = plates_near(plates, like["text"], like.get("max_distance", 1))
            checks.append(lambda row: row.plate in near)
        if "cameras" in filter_:
            cameras = set(filter_["cameras"])
            checks.append(lambda row: row.camera in cameras)
        for name, wanted in filter_.get("attributes", {}).items():
            checks.append(
                lambda row, name=name, wanted=wanted: has_attribute(row.attributes, name, wanted)
            )
        if "near" in filter_:
            near_to = filter_["near"]
            center = (near_to["lon"], near_to["lat"])
            close = functools.lru_cache(maxsize=None)(
                lambda place: metres(place, center) <= near_to["radius_m"]
            )
            checks.append(lambda row: row.place is not None and close(row.place))
        if "area" in filter_:
            inside = functools.lru_cache(maxsize=None)(
                lambda place: in_area(place, filter_["area"])
            )
            checks.append(lambda row: row.place is not None and inside(row.place))
        return checks

    def matching(self, filter_):
        """The rows that pass, in time order."""
        time = filter_.get("time", {})
        begin = bisect.bisect_left(self.times, milliseconds(time["from"])) if "from" in time else 0
        end = len(self.rows)
        if "to" in time:
            end = bisect.bisect_left(self.times, milliseconds(time["to"]))
        rows = self.rows[begin:end]
        for check in self.conditions(filter_):
            rows = [row for row in rows if check(row)]
        return rows

    def passes(self, filter_, row):
        """Whether one row, of this set or not, passes."""
        time = filter_.get("time", {})
        if "from" in time and row.time < milliseconds(time["from"]):
            return False
        if "to" in time and row.time >= milliseconds(time["to"]):
            return False
        return all(check(row) for check in self.conditions(filter_, {row.plate}))
