"""What every step asks a server: sightings as they are stored, jobs, lists of many pages."""

import time
import urllib.parse

from .city import DAY_MS, lon_lat, milliseconds, rfc3339


class Reading:
    """A stored sighting, as far as the scores look at it. `truth`: a city.TrueReading, or None."""

    __slots__ = ("id", "plate", "camera", "time", "place", "truth")

    def __init__(self, row, truth):
        self.id = row["id"]
        self.plate = row.get("plate", "")
        self.camera = row["camera_id"]
        self.time = milliseconds(row["time"])
        self.place = lon_lat(row.get("location"))
        self.truth = truth


class NotBuilt(Exception):
    """The server does not know a call that a step needs."""


def checked(reply, *allowed):
    if reply.status in (404, 405, 501):
        raise NotBuilt(f"{reply.status}: {reply.body[:200]}")
    if reply.status not in (allowed or (200,)):
        raise RuntimeError(f"{reply.status}: {reply.body[:2000]}")
    return reply.json()


def path_of(path, **parameters):
    """With parameters; a trailing _ is dropped from their names (`from_`)."""
    named = {name.rstrip("_"): value for name, value in parameters.items() if value is not None}
    return path + ("?" + urllib.parse.urlencode(named) if named else "")


def of_plate(plate, call):
    return f"/v1/plates/{urllib.parse.quote(plate, safe='')}/{call}"


def get(connection, path, **parameters):
    return checked(connection.get(path_of(path, **parameters)))


def every_row(connection, path, member, **parameters):
    """Of a list, page after page."""
    rows = []
    token = None
    while True:
        answer = get(connection, path, page_token=token, limit=1000, **parameters)
        rows += answer[member]
        token = answer.get("next_page_token")
        if not token:
            return rows


def stored_window(connection):
    """[from, to) of whole UTC days around all that is stored, in ms."""
    first, last = (connection.post("/v1/search/sightings",
                                   {"filter": {}, "order": order, "limit": 1}).json()["sightings"]
                   for order in ("time_asc", "time_desc"))
    return (milliseconds(first[0]["time"]) // DAY_MS * DAY_MS,
            (milliseconds(last[0]["time"]) // DAY_MS + 1) * DAY_MS)


def stored_readings(connection, window, truth=None):
    """All sightings, day by day, in order of time, each with its truth."""
    known = truth.readings if truth else {}
    readings = []
    fields = "?fields=camera_id,source_id,plate,time,location"
    for day in range(window[0], window[1], DAY_MS):
        time_ = {"from": rfc3339(day), "to": rfc3339(min(day + DAY_MS, window[1]))}
        for row in connection.stream({"filter": {"time": time_}, "order": "time_asc"}, fields):
            readings.append(Reading(row, known.get((row["camera_id"], row.get("source_id")))))
    return readings


def by_plate(readings):
    """Readings by the plate that they bear; unread ones are left out."""
    plates = {}
    for reading in readings:
        if reading.plate:
            plates.setdefault(reading.plate, []).append(reading)
    return plates


def finished_job(connection, path, body, poll_s=0.05):
    """Starts a job and waits for its end; (the job, the seconds that it took)."""
    began = time.monotonic()
    job = checked(connection.post(path, body), 202)
    while job["status"] in ("queued", "running"):
        time.sleep(poll_s)
        job = get(connection, f"/v1/jobs/{job['id']}")
    if job["status"] != "done":
        raise RuntimeError(f"{path} ended as {job['status']}: {job.get('error')}")
    return job, time.monotonic() - began


def swept(connection, window):
    """Sweeps a window for cloned plates; (its conflicts, the job, seconds)."""
    span = {"from": rfc3339(window[0]), "to": rfc3339(window[1])}
    job, seconds = finished_job(connection, "/v1/sweeps/cloned-plates", span)
    conflicts = every_row(connection, "/v1/cloned-plates", "conflicts", from_=span["from"],
                          to=span["to"])
    return conflicts, job, seconds
