"""Counts by groups: DuckDB, in a process of its own, beside POST /v1/stats/counts."""

import json
import random
import statistics
import subprocess
import time

from .bench import DATABASE
from .filters import rfc3339
from .processes import PEERS, run, say
from .questions import DAY

DUCKDB = "@duckdb/node-api@1.5.6-r.1"
TIMES = 20

EXPORT = """COPY (
  SELECT (extract(epoch FROM time) * 1000)::bigint, camera.id, plate, attributes->>'type',
         attributes->>'brand', attributes->>'color'
  FROM sighting JOIN camera ON camera.number = sighting.camera) TO STDOUT (FORMAT csv)"""

# How a group of the API is said in DuckDB's SQL.
GROUPS = {"hour": "date_trunc('hour', time)", "day": "date_trunc('day', time)",
          "camera_id": "camera", "color": "color", "type": "type", "brand": "brand"}


def _install(bench):
    modules = bench.work / "duckdb"
    if not (modules / "node_modules" / "@duckdb").exists():
        modules.mkdir(exist_ok=True)
        run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", modules, DUCKDB])
    return modules


def _questions(city):
    """(kind, filter, groups)."""
    chosen = random.Random(1)
    row = chosen.choice([row for row in city.rows if {"color", "brand"} <= set(row["attributes"])])
    day = chosen.randrange(*city.span, DAY)
    one_day = {"from": rfc3339(day), "to": rfc3339(day + DAY)}
    color, brand = ({name: row["attributes"][name]} for name in ("color", "brand"))
    return [
        ("by hour, everything", {}, ["hour"]),
        ("by camera, a day", {"time": one_day}, ["camera_id"]),
        ("by color and type, everything", {}, ["color", "type"]),
        ("by hour, one color", {"attributes": color}, ["hour"]),
        ("by camera and hour, one color and brand, a day",
         {"attributes": {**color, **brand}, "time": one_day}, ["camera_id", "hour"]),
        ("by day, plate prefix", {"plate": row.get("plate", "京")[:2] + "*"}, ["day"]),
    ]


def _sql(filter_, groups):
    conditions = []
    if "time" in filter_:
        conditions.append("time >= TIMESTAMP '{from}' AND time < TIMESTAMP '{to}'".format(
            **{end: value.rstrip("Z") for end, value in filter_["time"].items()}))
    if "plate" in filter_:
        conditions.append(f"starts_with(plate, '{filter_['plate'][:-1]}')")
    conditions += [f"{name} = '{value}'" for name, value in filter_.get("attributes", {}).items()]
    columns = ", ".join(f"{GROUPS[name]} AS {name}" for name in groups)
    return (f"SELECT {columns}, count(*) AS count, count(DISTINCT plate) AS distinct_plates "
            f"FROM sighting WHERE {' AND '.join(conditions) or 'true'} GROUP BY ALL ORDER BY ALL")


class DuckDb:
    """The process that holds the table; ended by the end of `with`."""

    def __init__(self, modules, database):
        self.command = ["node", str(PEERS / "counts.mjs"), str(modules), str(database)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit("DuckDB's process ended")
        return json.loads(answer)


def _load(bench, duckdb):
    """The rows by way of PostgreSQL, so that they are the same ones."""
    say("DuckDB: rows")
    csv = bench.work / "duckdb" / "rows.csv"
    with bench.postgres as postgres:
        postgres.export(DATABASE, EXPORT, csv)
    loaded = duckdb.ask(load=str(csv))
    csv.unlink()
    return loaded["rows"]


def _ask_sightline(sightline, filter_, groups):
    """(median milliseconds, total), or None where the server does not know the call."""
    body = json.dumps({"filter": filter_, "group_by": groups, "tz": "UTC"}).encode()
    milliseconds = []
    for _ in range(TIMES):
        start = time.perf_counter()
        answer = sightline.ask("POST", "/v1/stats/counts", body)
        milliseconds.append((time.perf_counter() - start) * 1000)
        if answer is None:
            return None
    return statistics.median(milliseconds), sum(row["count"] for row in answer["rows"])


def counts(bench):
    bench.prepare()
    modules = _install(bench)
    marker = bench.work / "duckdb" / "rows.json"
    results = []
    with DuckDb(modules, bench.work / "duckdb" / "city.duckdb") as duckdb:
        if not marker.exists() or json.loads(marker.read_text()) != bench.description():
            _load(bench, duckdb)
            marker.write_text(json.dumps(bench.description()))
        with bench.sightline() as sightline:
            for kind, filter_, groups in _questions(bench.city):
                theirs = duckdb.ask(sql=_sql(filter_, groups), times=TIMES)
                ours = _ask_sightline(sightline, filter_, groups)
                result = {"kind": kind, "groups": theirs["groups"],
                          "theirs_ms": statistics.median(theirs["milliseconds"])}
                if ours:
                    result["ours_ms"] = ours[0]
                    result["same_total"] = ours[1] == theirs["total"]
                say(json.dumps(result))
                results.append(result)
    return {"counts": results}
