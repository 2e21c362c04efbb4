#!/usr/bin/env python3
"""Lets clang's thread-safety analysis check every source that uses core/mutex.h.

Usage: thread_safety.py CLANG BUILD_DIRECTORY ROOM...
The build directory holds compile_commands.json. Exit status 1 when clang finds a fault.
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys


def uses_mutex(path):
    header = os.path.splitext(path)[0] + ".h"
    for candidate in (path, header):
        if os.path.exists(candidate):
            with open(candidate, encoding="utf-8") as source:
                if '"core/mutex.h"' in source.read():
                    return True
    return False


def check(clang, entry):
    words = shlex.split(entry["command"])
    flags = [word for word in words if word.startswith(("-I", "-D", "-std="))]
    flags += [f"-I{path}" for option, path in zip(words, words[1:]) if option == "-isystem"]
    command = [clang, *flags, "-fsyntax-only", "-w", "-Wthread-safety", "-Werror=thread-safety",
               entry["file"]]
    run = subprocess.run(command, cwd=entry["directory"], capture_output=True, text=True)
    return entry["file"], run.returncode, run.stderr


def main():
    clang, build, *rooms = sys.argv[1:]
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    roots = tuple(os.path.join(root, room) + os.sep for room in rooms)
    entries = [e for e in commands if e["file"].startswith(roots) and uses_mutex(e["file"])]
    if not entries:
        sys.exit("no source uses core/mutex.h: the rooms are named wrongly")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for path, status, errors in pool.map(lambda e: check(clang, e), entries):
            print(f"{'ok' if status == 0 else 'FAULT'}  {os.path.relpath(path, root)}")
            if status != 0:
                failed += 1
                print(errors)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
