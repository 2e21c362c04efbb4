"""A PostgreSQL cluster of our own, in a scratch directory and on a port of its own."""

import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .processes import PEERS, run, say

BINARIES = Path("/usr/lib/postgresql/15/bin")

# For 24 GiB of memory that is shared with Sightline. Durability is PostgreSQL's default: fsync and
# synchronous_commit are on. Nothing replicates, so the log is as small as it may be.
SETTINGS = {
    "shared_buffers": "4GB",
    "effective_cache_size": "14GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "lz4",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_buffers": "64MB",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    "jit": "off",
    "plan_cache_mode": "force_custom_plan",
    "fsync": "on",
    "synchronous_commit": "on",
}


class Postgres:
    """Started by `with`; stopped, but kept on disk, at its end."""

    def __init__(self, directory, port):
        self.directory = Path(directory)
        self.port = port
        # PostgreSQL refuses to run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def __enter__(self):
        if not (self.directory / "PG_VERSION").exists():
            self._initialize()
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def _initialize(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        if self.user:
            shutil.chown(self.directory, "postgres", "postgres")
        run(self.user + [BINARIES / "initdb", "--pgdata", self.directory, "--username", "bench",
                         "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"],
            stderr=subprocess.DEVNULL)
        lines = [f"{name} = '{value}'" for name, value in SETTINGS.items()]
        lines += [f"port = {self.port}", "listen_addresses = '127.0.0.1'",
                  f"unix_socket_directories = '{self.directory}'"]
        with (self.directory / "postgresql.conf").open("a") as file:
            file.write("\n".join(lines) + "\n")

    def start(self):
        run(self.user + [BINARIES / "pg_ctl", "start", "--silent", "--wait", "--timeout", "600",
                         "--pgdata", self.directory, "--log", self.directory / "server.log",
                         "--options", f"-p {self.port}"], cwd="/")

    def stop(self):
        run(self.user + [BINARIES / "pg_ctl", "stop", "--silent", "--wait", "--timeout", "600",
                         "--mode", "fast", "--pgdata", self.directory], cwd="/")

    @property
    def pid(self):
        return int((self.directory / "postmaster.pid").read_text().split()[0])

    def connection(self, database):
        return (f"host=127.0.0.1 port={self.port} user=bench dbname={database} sslmode=disable "
                "gssencmode=disable")

    def _psql(self, database, *arguments, **options):
        return run([BINARIES / "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1",
                    "--dbname", self.connection(database), *arguments],
                   env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}, **options)

    def ask(self, database, sql):
        """What psql prints for it, a line a row, columns apart by a tab."""
        return self._psql(database, "--tuples-only", "--no-align", "--field-separator", "\t",
                          "--command", sql).strip()

    def export(self, database, copy_statement, path):
        self._psql(database, "--command", copy_statement, "--output", path)

    def create_database(self, name, cameras):
        """An empty database with the schema and the cameras, without indexes."""
        self.ask("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.ask("postgres", f"CREATE DATABASE {name}")
        self._psql(name, "--file", PEERS / "schema.sql")
        rows = []
        for number, camera in enumerate(sorted(cameras, key=lambda one: one["id"].encode()), 1):
            place = camera.get("location")
            point = f"SRID=4326;POINT({place['lon']} {place['lat']})" if place else "\\N"
            rows.append(f"{number}\t{camera['id']}\t{point}\n")
        self._psql(name, "--command", "COPY camera FROM STDIN", input="".join(rows))

    def create_indexes(self, database):
        """All of indexes.sql, two at a time."""
        text = (PEERS / "indexes.sql").read_text()
        code = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda statement: self._create_index(database, statement),
                          [part.strip() for part in code.split(";") if part.strip()]))

    def _create_index(self, database, statement):
        start = time.monotonic()
        self.ask(database, statement)
        if time.monotonic() - start > 5:
            say(f"PostgreSQL: {time.monotonic() - start:.0f} s: {statement}")

    def analyze(self, database):
        self.ask(database, "VACUUM (ANALYZE) sighting")
        self.ask(database, "CHECKPOINT")

    def sizes(self, database):
        table, indexes, rows = self.ask(
            database,
            "SELECT pg_table_size('sighting'), pg_indexes_size('sighting'), "
            "(SELECT count(*) FROM sighting)").split("\t")
        return {"table_bytes": int(table), "index_bytes": int(indexes), "rows": int(rows)}
