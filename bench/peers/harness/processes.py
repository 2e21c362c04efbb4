"""Processes: where programs are, what they printed, what they cost."""

import json
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
PEERS = REPOSITORY / "bench" / "peers"
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def say(text):
    """A line for the person who waits."""
    print(text, file=sys.stderr, flush=True)


def run(command, **options):
    """Runs a program to its end; its standard output as text. Ends the benchmark where it fails."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed with status {done.returncode}")
    return done.stdout


def run_json_lines(command, **options):
    """The same, its output read as one JSON value a line."""
    return [json.loads(line) for line in run(command, **options).splitlines() if line.strip()]


def memory_mib(pid, name="RssAnon"):
    """A line of /proc/PID/status in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def processor_seconds(pid):
    """What a process, its children that live and those that it has waited for have used.

    A child that ends while this looks may be missed: the most of several looks is right."""
    return max(_processor_ticks(pid) for _ in range(5)) / CLOCK_TICKS


def _processor_ticks(pid):
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue  # ended meanwhile
        fields = text[text.rindex(")") + 2:].split()
        number, parent = int(text.split(" ", 1)[0]), int(fields[1])
        user, system, children_user, children_system = map(int, fields[11:15])
        if number == pid:
            ticks += user + system + children_user + children_system
        elif parent == pid:
            ticks += user + system
    return ticks


def disk_bytes(directory):
    """Bytes that a directory's files occupy."""
    return sum(path.stat().st_blocks * 512 for path in Path(directory).rglob("*") if path.is_file())


def read_into_page_cache(directory):
    """Makes the next reads of a directory's files come from memory, as far as there is any."""
    for path in Path(directory).rglob("*"):
        if path.is_file():
            with path.open("rb", buffering=0) as file:
                while file.read(1 << 22):
                    pass


def drop_page_cache():
    """Makes the next reads come from the disk. False where this user may not."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3\n")
    except OSError:
        return False
    return True
