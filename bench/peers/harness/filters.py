"""One filter, said in both languages: the API's JSON and SQL."""

import json
import math
from datetime import datetime, timedelta

# Everything that Sightline answers, but for its own id and time of receipt.
COLUMNS = ("time, camera, source_id, plate, plate_read, plate_color, plate_confidence, attributes, "
           "location, lane, speed_kmh, image")
EARTH_RADIUS_M = 6_371_008.8
EPOCH = datetime(1970, 1, 1)
LIMIT = 100


def rfc3339(ms):
    """An instant as both sides read it."""
    return (EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds") + "Z"


def is_pattern(plate):
    return any(character in plate for character in "*?")


class _Conditions:
    """Conditions of a WHERE and their parameters, numbered in order."""

    def __init__(self):
        self.parameters = []
        self.conditions = []

    def parameter(self, value, type_name):
        self.parameters.append(str(value))
        return f"${len(self.parameters)}::{type_name}"

    def add(self, condition):
        self.conditions.append(condition)


def _add_plate(sql, plate):
    if is_pattern(plate):
        like = plate.replace("*", "%").replace("?", "_")
        sql.add(f"plate LIKE {sql.parameter(like, 'text')}")
    else:
        sql.add(f"plate = {sql.parameter(plate, 'text')}")


def _add_near(sql, near):
    # The index knows boxes: first everything in the circle's box, of that what the circle holds.
    lat = math.degrees(near["radius_m"] / EARTH_RADIUS_M)
    lon = lat / math.cos(math.radians(abs(near["lat"]) + lat))
    corners = (near["lon"] - lon, near["lat"] - lat, near["lon"] + lon, near["lat"] + lat)
    box = ", ".join(sql.parameter(value, "float8") for value in corners)
    center = ", ".join(sql.parameter(near[axis], "float8") for axis in ("lon", "lat"))
    radius = sql.parameter(near["radius_m"], "float8")
    sql.add(f"location && ST_MakeEnvelope({box}, 4326)")
    sql.add(f"ST_DistanceSphere(location, ST_SetSRID(ST_MakePoint({center}), 4326)) <= {radius}")


def _add_attributes(sql, attributes):
    for name, values in attributes.items():
        any_of = values if isinstance(values, list) else [values]
        contains = [sql.parameter(json.dumps({name: value}, ensure_ascii=False), "jsonb")
                    for value in any_of]
        sql.add("(" + " OR ".join(f"attributes @> {one}" for one in contains) + ")")


def _conditions(filter_, camera_numbers):
    sql = _Conditions()
    time = filter_.get("time", {})
    if "from" in time:
        sql.add(f"time >= {sql.parameter(time['from'], 'timestamptz')}")
    if "to" in time:
        sql.add(f"time < {sql.parameter(time['to'], 'timestamptz')}")
    if "plate" in filter_:
        _add_plate(sql, filter_["plate"])
    if "plate_like" in filter_:
        like = filter_["plate_like"]
        text = sql.parameter(like["text"], "text")
        distance = sql.parameter(like["max_distance"], "integer")
        # The trigram index finds what is similar; of that, what is within the distance.
        sql.add(f"plate % {text}")
        sql.add(f"levenshtein_less_equal(plate, {text}, {distance}) <= {distance}")
    if "cameras" in filter_:
        numbers = ",".join(str(camera_numbers[camera]) for camera in filter_["cameras"])
        sql.add(f"camera = ANY ({sql.parameter('{' + numbers + '}', 'integer[]')})")
    if "area" in filter_:
        area = sql.parameter(json.dumps(filter_["area"]), "text")
        sql.add(f"ST_Intersects(location, ST_SetSRID(ST_GeomFromGeoJSON({area}), 4326))")
    if "near" in filter_:
        _add_near(sql, filter_["near"])
    _add_attributes(sql, filter_.get("attributes", {}))
    return sql


def search_sql(filter_, order, camera_numbers):
    """(SQL of the first page, SQL of the page behind a row, parameters)."""
    sql = _conditions(filter_, camera_numbers)
    if "plate_like" in filter_:
        nearest = f"levenshtein(plate, {sql.parameter(filter_['plate_like']['text'], 'text')})"
        order_by = f"{nearest}, time DESC, camera"
    else:
        order_by = f"time {'ASC' if order == 'time_asc' else 'DESC'}, camera"
    tail = f" ORDER BY {order_by}, source_id LIMIT {LIMIT}"
    head = f"SELECT {COLUMNS} FROM sighting WHERE "
    first = head + (" AND ".join(sql.conditions) or "true") + tail
    time, camera, source = (len(sql.parameters) + i for i in (1, 2, 3))
    before, at_or_before = (">", ">=") if order == "time_asc" else ("<", "<=")
    behind = (f"time {at_or_before} ${time}::timestamptz AND (time {before} ${time}::timestamptz OR "
              f"(camera, source_id) > (${camera}::integer, ${source}::text))")
    after = head + " AND ".join(sql.conditions + [behind]) + tail
    return first, after, sql.parameters


TRAJECTORY_SQL = (f"SELECT {COLUMNS} FROM sighting WHERE plate = $1::text AND "
                  "time >= $2::timestamptz AND time < $3::timestamptz ORDER BY time, camera, source_id")
