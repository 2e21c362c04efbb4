"""PostgreSQL and DuckDB doing the plain versions in SQL over the same day."""

import csv
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from investigations.city import milliseconds

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))
from harness import counts as peer_counts  # noqa: E402
from harness.postgres import Postgres  # noqa: E402
from harness.processes import run, say  # noqa: E402

PORT = 18_432
DATABASE = "investigations"
TIMES = 3
WITHIN_MS = 10_000
CAMERAS_SHARED = 3

# Plates with two readings, one after the other, that are faster than 180 km/h.
SPEED_RULE = """
  SELECT count(DISTINCT plate) AS count FROM (
    SELECT plate, time_ms, lon, lat, lag(time_ms) OVER track AS time_0, lag(lon) OVER track AS lon_0,
           lag(lat) OVER track AS lat_0
    FROM sighting WHERE plate IS NOT NULL AND lon IS NOT NULL
    WINDOW track AS (PARTITION BY plate ORDER BY time_ms)) AS pairs
  WHERE time_0 IS NOT NULL AND (lon <> lon_0 OR lat <> lat_0)
    AND 3600 * 2 * 6371008.8 * asin(least(1, sqrt(
          power(sin(radians(lat - lat_0) / 2), 2)
          + cos(radians(lat)) * cos(radians(lat_0)) * power(sin(radians(lon - lon_0) / 2), 2))))
        > 180 * (time_ms - time_0)"""

# Pairs of plates within 10 s of each other at three cameras or more. Joined by slots of 10 s, which is
# faster in both than a join by a range of time.
TOGETHER = f"""
  WITH reading AS (
    SELECT camera, plate, time_ms, time_ms / {WITHIN_MS} AS slot
    FROM sighting WHERE plate IS NOT NULL)
  SELECT count(*) AS count FROM (
    SELECT least(a.plate, b.plate) AS one, greatest(a.plate, b.plate) AS other
    FROM reading AS a
    JOIN (SELECT * FROM reading UNION ALL
          SELECT camera, plate, time_ms, slot - 1 AS slot FROM reading) AS b
      ON b.camera = a.camera AND b.slot = a.slot
    WHERE b.plate <> a.plate AND b.time_ms BETWEEN a.time_ms AND a.time_ms + {WITHIN_MS}
    GROUP BY 1, 2 HAVING count(DISTINCT a.camera) >= {CAMERAS_SHARED}) AS pairs"""

BY_HOUR_AND_COLOR = """
  SELECT sum(readings) AS count FROM (
    SELECT time_ms / 3600000 AS hour, color, count(*) AS readings, count(DISTINCT plate) AS plates
    FROM sighting GROUP BY 1, 2) AS cells"""

QUESTIONS = {"sweep": SPEED_RULE, "groups": TOGETHER, "counts": BY_HOUR_AND_COLOR}


def rows_file(given, options, directory):
    """The day as CSV, from the simulator again."""
    path = directory / "rows.csv"
    if path.exists():
        return path
    directory.mkdir(parents=True, exist_ok=True)
    simulate = [given.binaries / "sightline", "--quiet", "simulate", *options]
    subprocess.run([*map(str, simulate), "--no-truth", "--no-gzip", "--out", str(directory)],
                   check=True)
    cameras = {}
    with open(directory / "cameras.ndjson", encoding="utf-8") as lines:
        for camera in map(json.loads, lines):
            cameras[camera["id"]] = len(cameras), camera.get("location", {})
    part = path.with_suffix(".part")
    with (open(directory / "sightings.ndjson", encoding="utf-8") as lines,
          open(part, "w", newline="", encoding="utf-8") as out):
        writer = csv.writer(out)
        for row in map(json.loads, lines):
            number, place = cameras[row["camera_id"]]
            place = row.get("location", place)
            writer.writerow([milliseconds(row["time"]), number, row.get("plate"),
                             row["attributes"].get("color"), place.get("lon"), place.get("lat")])
    (directory / "sightings.ndjson").unlink()
    part.rename(path)
    return path


def integer_division(sql):
    """DuckDB's / is of fractions, PostgreSQL's of whole numbers where both sides are."""
    return sql.replace(f"time_ms / {WITHIN_MS}", f"time_ms // {WITHIN_MS}").replace(
        "time_ms / 3600000", "time_ms // 3600000")


def postgres_costs(path, directory):
    with Postgres(directory / "postgres", PORT) as postgres:
        say("PostgreSQL: rows")
        postgres.ask("postgres", f"DROP DATABASE IF EXISTS {DATABASE}")
        postgres.ask("postgres", f"CREATE DATABASE {DATABASE}")
        postgres.ask(DATABASE, 'CREATE TABLE sighting (time_ms bigint NOT NULL, '
                     'camera integer NOT NULL, plate text COLLATE "C", color text COLLATE "C", '
                     'lon float8, lat float8)')
        postgres.ask(DATABASE, f"COPY sighting FROM '{path}' (FORMAT csv)")
        postgres.ask(DATABASE, "CREATE INDEX ON sighting (plate, time_ms) INCLUDE (lon, lat)")
        postgres.ask(DATABASE, "CREATE INDEX ON sighting (camera, time_ms) INCLUDE (plate)")
        postgres.ask(DATABASE, "VACUUM (ANALYZE) sighting")
        results = {}
        for name, sql in QUESTIONS.items():
            say(f"PostgreSQL: {name}")
            times = []
            for _ in range(TIMES):
                began = time.monotonic()
                answer = postgres.ask(DATABASE, f"SET work_mem = '1GB'; {sql}")
                times.append(time.monotonic() - began)
            results[name] = {"seconds": statistics.median(times), "answer": int(answer)}
        return results


def duckdb_costs(path, directory):
    modules = directory / "duckdb"
    if not (modules / "node_modules" / "@duckdb").exists():
        modules.mkdir(parents=True, exist_ok=True)
        run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", modules,
             peer_counts.DUCKDB])
    database = directory / "day.duckdb"
    database.unlink(missing_ok=True)
    columns = ("{'time_ms': 'BIGINT', 'camera': 'INTEGER', 'plate': 'VARCHAR', 'color': 'VARCHAR', "
               "'lon': 'DOUBLE', 'lat': 'DOUBLE'}")
    with peer_counts.DuckDb(modules, database) as duckdb:
        say("DuckDB: rows")
        duckdb.ask(sql=f"CREATE TABLE sighting AS SELECT * FROM read_csv('{path}', header = false, "
                       f"delim = ',', quote = '\"', columns = {columns}) ORDER BY time_ms", times=1)
        results = {}
        for name, sql in QUESTIONS.items():
            say(f"DuckDB: {name}")
            answer = duckdb.ask(sql=integer_division(sql), times=TIMES)
            results[name] = {"seconds": statistics.median(answer["milliseconds"]) / 1000,
                             "answer": answer["total"]}
        return results


def score(given, sightings):
    options = ["--sightings", sightings, "--days", 1, "--seed", 1, "--vectors", "none",
               *given.simulate_option]
    directory = given.work / f"peers-{sightings}"
    path = rows_file(given, list(map(str, options)), directory).resolve()
    path.chmod(0o644)
    return {"sightings": sightings, "postgres": postgres_costs(path, directory),
            "duckdb": duckdb_costs(path, directory)}
