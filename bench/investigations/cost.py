"""What the investigations cost over one big day that was written directly into storage."""

import random
import statistics
import threading
import time

from investigations import asking
from investigations.asking import NotBuilt, checked, finished_job, of_plate, stored_window
from investigations.city import City, rfc3339
from investigations.serving import CityServer

COUNTS = 7
COMPANIONS = 300


class Memory(threading.Thread):
    """The most memory of its own that a server had while this was entered."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.most = server.rss_anon_bytes()
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(0.05):
            self.most = max(self.most, self.server.rss_anon_bytes())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()

    @property
    def mib(self):
        return self.most / 1024 / 1024


def processor_ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def settle(server):
    """Waits until the server has nothing to do: what is learned of a day is learned."""
    quiet = 0
    while quiet < 5:
        before = processor_ticks(server.process.pid)
        time.sleep(1)
        quiet = quiet + 1 if processor_ticks(server.process.pid) - before < 5 else 0


def plates_read(connection, window, count):
    """Plates of readings at random times: who is read more often is asked for more often."""
    dice = random.Random(1)
    plates = []
    while len(plates) < count:
        at = dice.randrange(*window)
        body = {"filter": {"time": {"from": rfc3339(at), "to": rfc3339(at + 60_000)}, "plate": "?*"},
                "order": "time_asc", "limit": 1}
        plates += [row["plate"] for row in
                   checked(connection.post("/v1/search/sightings", body))["sightings"]]
    return plates


def milliseconds_of(ask, count):
    times = []
    for _ in range(count):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return times


def job_cost(server, connection, name, path, body):
    try:
        with Memory(server) as memory:
            job, seconds = finished_job(connection, path, body)
    except NotBuilt:
        return {}
    return {f"{name}_s": seconds, f"{name}_peak_mib": memory.mib, f"{name}_result": job["result"]}


def counts_cost(connection):
    body = {"filter": {}, "group_by": ["hour", "color"], "tz": "Asia/Shanghai"}
    try:
        times = milliseconds_of(lambda: checked(connection.post("/v1/stats/counts", body)), COUNTS)
    except NotBuilt:
        return {}
    return {"counts_first_ms": times[0], "counts_ms": statistics.median(times)}


def companions_cost(connection, window):
    span = {"from_": rfc3339(window[0]), "to": rfc3339(window[1])}
    plates = iter(plates_read(connection, window, COMPANIONS))
    try:
        times = sorted(milliseconds_of(
            lambda: asking.get(connection, of_plate(next(plates), "companions"), **span),
            COMPANIONS))
    except NotBuilt:
        return {}
    return {"companions_p50_ms": statistics.median(times),
            "companions_p99_ms": times[int(0.99 * len(times))], "companions_most_ms": times[-1]}


def score(given, sightings, days):
    """`sightings` in all, over `days`."""
    city = City(given.binaries, given.work,
                ["--sightings", sightings, "--days", days, "--seed", 1, "--vectors", "none",
                 "--truth-readings", "none", *given.simulate_option])
    with CityServer(city.data) as server:
        server.wait_until_sealed()
        connection = server.connect()
        connection.http.timeout = 600
        window = stored_window(connection)
        settle(server)
        counts = connection.get("/v1/status").json()["counts"]
        result = {"sightings": sightings, "days": days, "stored": counts["sightings"],
                  "rss_anon_mib": server.rss_anon_bytes() / 1024 / 1024}
        span = {"from": rfc3339(window[0]), "to": rfc3339(window[1])}
        result |= counts_cost(connection)
        result |= companions_cost(connection, window)
        result |= job_cost(server, connection, "sweep", "/v1/sweeps/cloned-plates", span)
        if days == 1:
            result |= job_cost(server, connection, "groups", "/v1/analyses/companions", span)
        connection.close()
    city.release(given)
    return result
