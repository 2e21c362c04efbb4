"""Results as Markdown."""

import math


def _number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else float("nan")


def _side(times):
    return [_number(times["p50_ms"]), _number(times["p99_ms"])] if times else ["", ""]


def _agreement(kind):
    if "failed" in kind:
        return "failed: " + kind["failed"][:60]
    compared = kind["equal"] + kind["different"]
    text = f"{kind['equal']} of {compared}" if compared else ""
    if kind["theirs_timed_out"]:
        text += f", {kind['theirs_timed_out']} past PostgreSQL's time limit"
    return text


def compared_kinds(kinds):
    return [kind for kind in kinds if "ours" in kind and "theirs" in kind and "failed" not in kind]


def question_table(kinds):
    rows = []
    for kind in kinds:
        ratios = ["", ""]
        if kind in compared_kinds(kinds):
            ratios = [_number(kind["theirs"][q] / kind["ours"][q]) for q in ("p50_ms", "p99_ms")]
        rows.append([kind["kind"], kind["samples"], _number(kind.get("rows", 0)),
                     *_side(kind.get("ours")), *_side(kind.get("theirs")), *ratios,
                     _agreement(kind)])
    return _table(["question", "asked", "rows", "p50 ms", "p99 ms", "PostgreSQL p50", "p99",
                   "times p50", "times p99", "same answer"], rows)


def summary(kinds):
    """How often as fast as PostgreSQL, over all kinds."""
    compared = compared_kinds(kinds)
    ratios = [kind["theirs"]["p50_ms"] / kind["ours"]["p50_ms"] for kind in compared]
    tails = [kind["theirs"]["p99_ms"] / kind["ours"]["p99_ms"] for kind in compared]
    if not ratios:
        return "No kind was answered by both.\n"
    slowest = min(zip(ratios, (kind["kind"] for kind in compared)))
    return (f"Geometric mean over {len(ratios)} kinds: {geometric_mean(ratios):.2f} times as fast at "
            f"p50, {geometric_mean(tails):.2f} at p99. Least: {slowest[0]:.2f} ({slowest[1]}).\n")


def _counted(one):
    theirs = _number(one["theirs_ms"])
    if "ours_ms" not in one:
        return ["this version does not count", theirs, "", ""]
    return [_number(one["ours_ms"]), theirs, _number(one["theirs_ms"] / one["ours_ms"]),
            "yes" if one["same_total"] else "no"]


def _sizes(results):
    sizes = results["sizes"]
    memory = [value for name, value in results.items() if name.startswith("rss_")]
    ours = sizes["sightline_bytes"] / sizes["rows"]
    theirs = (sizes["table_bytes"] + sizes["index_bytes"]) / sizes["rows"]
    return (f"Bytes on disk a sighting: {ours:.0f}; PostgreSQL {theirs:.0f} (indexes "
            f"{sizes['index_bytes'] / sizes['rows']:.0f}), {theirs / ours:.2f} times as many. "
            f"RssAnon of the server after its questions: {_number(max(memory, default=0))} MiB.\n")


def markdown(results):
    parts = []
    if "city" in results:
        city = results["city"]
        parts.append(f"{city['name']}: {city['rows']:,} sightings, {city['cameras']:,} cameras.\n")
    if "ingest" in results:
        one = results["ingest"]
        parts.append("### Ingest\n")
        parts.append(_table(
            ["", "sightings/s", "p50 ms", "p99 ms", "processor µs a sighting"],
            [[side["name"], _number(side["rows_per_s"]), _number(side["p50_ms"]),
              _number(side["p99_ms"]), _number(1e6 * side["processor_s"] / side["rows"])]
             for side in one["sides"]]))
        parts.append(f"Sightline takes {one['ratio']:.2f} times as many as PostgreSQL at its best.\n")
    if "trajectory" in results:
        parts.append("### Trajectory\n")
        parts.append(question_table(results["trajectory"]))
    if "tracks" in results:
        parts.append(question_table(results["tracks"]))
    if "search" in results:
        parts.append("### Conditional searches\n")
        parts.append(question_table(results["search"]))
        parts.append(summary(results["search"]))
    if "counts" in results:
        parts.append("### Counts\n")
        parts.append(_table(
            ["question", "groups", "p50 ms", "DuckDB p50 ms", "times", "same total"],
            [[one["kind"], one["groups"], *_counted(one)] for one in results["counts"]]))
    if "sizes" in results:
        parts.append("### Sizes\n")
        parts.append(_sizes(results))
    return "\n".join(parts)
