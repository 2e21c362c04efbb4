#!/usr/bin/env python3
"""Whether the sources compiled for AVX2 and AVX-512 keep their code to themselves.

Usage: instruction_sets_test.py NM OBJECT...
An inline function that one of them emits is a weak symbol: the linker may keep that copy for the
whole program, which then fails on a processor without those instructions. So they define no weak
function.
"""
import subprocess
import sys


def main():
    nm, *objects = sys.argv[1:]
    checked = [path for path in objects if "distance_avx" in path]
    if len(checked) < 2:
        sys.exit("the objects of AVX2 and AVX-512 are not among those given")
    failed = False
    for path in checked:
        out = subprocess.run([nm, "-C", "--defined-only", path], check=True, capture_output=True,
                             text=True).stdout
        symbols = [line.split(maxsplit=2)[1:] for line in out.splitlines()]
        if not any(kind == "T" for kind, _ in symbols):
            sys.exit(f"{path} defines no function")
        for kind, name in symbols:
            if kind == "W":
                print(f"{path}: {name}")
                failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
