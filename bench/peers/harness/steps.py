"""The parts of the benchmark. Each takes a Bench and gives what it found, to be merged."""

import random
import subprocess

from .bench import DATABASE
from .counts import counts
from .processes import (drop_page_cache, memory_mib, processor_seconds, read_into_page_cache,
                        run_json_lines, say)
from .questions import DAY, Suite, add_searches

WARM_UP = 10  # questions of a kind that are not counted
COLD = 100    # questions to servers that have just been started


def prepare_postgres(bench):
    bench.prepare_postgres()
    return {"city": bench.description()}


def prepare_sightline(bench):
    bench.prepare_sightline()
    return {}


# --- ingest -----------------------------------------------------------------------------------------

# Connections and rows a commit of PostgreSQL: its best counts.
POSTGRES_WAYS = ((4, 5_000), (2, 100_000), (1, 10**9))
SIGHTLINE_WAY = (4, 5_000)


def ingest(bench):
    sides = [_ingest_sightline(bench)]
    sides += [_ingest_postgres(bench, *way) for way in POSTGRES_WAYS]
    sides.append(_ingest_sightline(bench))
    ours = [side["rows_per_s"] for side in sides if side["peer"] == "sightline"]
    theirs = [side["rows_per_s"] for side in sides if side["peer"] == "postgres"]
    return {"ingest": {"sides": sides, "ratio": min(ours) / max(theirs)}}


def _load_first_rows(bench, command, pid):
    """Loads the first rows of the city; what it cost besides."""
    before = processor_seconds(pid)
    with bench.source.rows() as rows:
        head = subprocess.Popen(["head", "-n", str(bench.arguments.ingest_rows)], stdin=rows,
                                stdout=subprocess.PIPE)
        rows.close()
        result = run_json_lines(command, stdin=head.stdout)[0]
        head.wait()
    return {**result, "processor_s": processor_seconds(pid) - before}


def _ingest_sightline(bench):
    sightline = bench.sightline("sightline-ingest")
    sightline.clear()
    connections, rows = SIGHTLINE_WAY
    with sightline:
        sightline.put_cameras(bench.source.cameras())
        result = _load_first_rows(
            bench, [bench.program("sightline-peers-ingest"), "--to", "sightline",
                    "--port", sightline.port, "--token-file", sightline.token_file,
                    "--connections", connections, "--rows-per-batch", rows], sightline.pid)
        result["rss_anon_mib"] = memory_mib(sightline.pid)
    result["bytes"] = sightline.disk_bytes()
    sightline.clear()
    say(f"Sightline: {result}")
    return {"peer": "sightline", **result,
            "name": f"Sightline, {connections} connections, {rows:,} rows a request"}


def _ingest_postgres(bench, connections, rows):
    with bench.postgres as postgres:
        postgres.create_database("ingest", bench.source.cameras())
        postgres.create_indexes("ingest")
        postgres.ask("postgres", "CHECKPOINT")
        result = _load_first_rows(
            bench, [bench.program("sightline-peers-ingest"), "--to", "postgres",
                    "--postgres", postgres.connection("ingest"),
                    "--connections", connections, "--rows-per-batch", rows], postgres.pid)
        postgres.ask("postgres", "DROP DATABASE ingest")
    say(f"PostgreSQL: {result}")
    commit = "one commit" if rows >= bench.arguments.ingest_rows else f"{rows:,} rows a commit"
    return {"peer": "postgres", **result,
            "name": f"PostgreSQL, {connections} connection{'s' * (connections > 1)}, {commit}"}


# --- questions --------------------------------------------------------------------------------------

def _suite(bench, count=None):
    return Suite(bench.city, count or bench.arguments.samples + WARM_UP)


def trajectory(bench):
    bench.prepare()
    suite = _suite(bench)
    with bench.postgres as postgres:
        plates = _plates(bench, postgres, suite.count + COLD)
        alone = _suite(bench)
        alone.trajectory("all days, Sightline alone, its files in memory", plates,
                         bench.city.span, False)
        suite.trajectory("all days, both in turns", plates, bench.city.span)
        with bench.sightline() as sightline:
            read_into_page_cache(sightline.data)
            results = bench.ask(alone, sightline, postgres, WARM_UP)
            results += bench.ask(suite, sightline, postgres, WARM_UP)
            memory = memory_mib(sightline.pid)
    if drop_page_cache():
        suite = _suite(bench, COLD)
        suite.trajectory("all days, servers just started, nothing in memory", plates[-COLD:],
                         bench.city.span)
        with bench.postgres as postgres, bench.sightline() as sightline:
            results += bench.ask(suite, sightline, postgres, 0)
    return {"trajectory": results, "rss_trajectory_mib": memory}


def _plates(bench, postgres, count):
    """Plates of vehicles, each vehicle as likely: with ten readings or more, which a misread plate
    hardly has."""
    wanted = {row["plate"] for row in bench.city.read_rows}
    readings = _readings(postgres, wanted)
    chosen = random.Random(1)
    # The rows that they come from were chosen among all rows, so weighed by 1 / readings (Efraimidis,
    # Spirakis: Weighted random sampling with a reservoir, 2006).
    keys = {plate: chosen.random() ** number for plate, number in readings.items() if number >= 10}
    return sorted(keys, key=keys.get, reverse=True)[:count]


def _readings(postgres, plates):
    """How often PostgreSQL has each."""
    listed = ",".join(f"'{plate}'" for plate in plates)
    rows = postgres.ask(DATABASE, "SELECT plate, count(*) FROM sighting "
                                  f"WHERE plate = ANY (ARRAY[{listed}]) GROUP BY plate")
    return {plate: int(count) for plate, count in (row.split("\t") for row in rows.splitlines())}


def tracks(bench):
    """The same tracks among ten times fewer others, and tracks of a year: Sightline alone."""
    bench.prepare()
    arguments = bench.arguments
    if arguments.rows_file:
        say("tracks: only of simulated cities")
        return {}
    span = bench.city.span
    bench.load(bench.simulated(arguments.sightings // 10, arguments.days, arguments.vehicles and
                              arguments.vehicles // 10), "sightline-small")
    bench.load(bench.simulated(arguments.year_sightings or arguments.sightings // 3, 365),
               "sightline-year")
    with bench.postgres as postgres:
        with bench.sightline("sightline-small") as sightline:
            plates = _same_tracks(bench, sightline, postgres)
            read_into_page_cache(sightline.data)
            suite = _suite(bench)
            suite.trajectory("the same plates among ten times fewer sightings", plates, span, False)
            results = bench.ask(suite, sightline, postgres, WARM_UP)
        with bench.sightline() as sightline:
            read_into_page_cache(sightline.data)
            suite = _suite(bench)
            suite.trajectory("the same plates among all", plates, span, False)
            results += bench.ask(suite, sightline, postgres, WARM_UP)
        with bench.sightline("sightline-year") as sightline:
            read_into_page_cache(sightline.data)
            suite = _suite(bench)
            found = sightline.ask("GET", "/v1/plates?limit=10000")["plates"]
            plates = [one["plate"] for one in found if one["count"] > 30]
            suite.trajectory("365 days", suite.random.sample(plates, min(suite.count, len(plates))),
                             (span[0], span[0] + 365 * DAY), False)
            results += bench.ask(suite, sightline, postgres, WARM_UP)
    return {"tracks": results}


def _same_tracks(bench, small, postgres):
    """Plates that have as many readings in the small city as in the whole one."""
    found = small.ask("GET", "/v1/plates?limit=10000")["plates"]
    counts = {one["plate"]: one["count"] for one in found if one["count"] >= 10}
    whole = _readings(postgres, counts)
    same = [plate for plate, count in counts.items() if whole.get(plate) == count]
    return random.Random(1).sample(same, min(len(same), bench.arguments.samples + WARM_UP))


def search(bench):
    bench.prepare()
    suite = _suite(bench)
    add_searches(suite)
    if bench.arguments.kinds:
        suite.questions = [question for question in suite.questions
                           if bench.arguments.kinds in question["kind"]]
    with bench.postgres as postgres, bench.sightline() as sightline:
        results = bench.ask(suite, sightline, postgres, WARM_UP)
        return {"search": results, "rss_search_mib": memory_mib(sightline.pid)}


def sizes(bench):
    bench.prepare()
    with bench.postgres as postgres:
        theirs = postgres.sizes(DATABASE)
    return {"sizes": {"sightline_bytes": bench.sightline().disk_bytes(), **theirs}}


ALL = {"prepare-postgres": prepare_postgres, "prepare-sightline": prepare_sightline,
       "ingest": ingest, "trajectory": trajectory, "tracks": tracks, "search": search,
       "counts": counts, "sizes": sizes}
