"""What was measured, as Markdown."""


def percent(value):
    return "" if value is None else f"{100 * value:.1f} %"


def number(value, digits=3):
    """Three digits that count, thousands apart."""
    if value is None:
        return ""
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def clones(results):
    columns = [("seed", "seed", str), ("vehicles", "vehicles", number), ("days", "days", str),
               ("vectors", "vectors", str), ("readings", "readings", number),
               ("provable", "provable clones", number), ("recall", "found", percent),
               ("precision", "precision", percent), ("split_purity", "split purity", percent),
               ("readings_placed", "readings placed", percent),
               ("genuine_right", "genuine right", percent),
               ("wrong_clocks", "wrong clocks", number), ("clocks_found", "found", percent),
               ("offsets_right", "within 2 s", percent), ("sweep_s", "sweep s", number),
               ("plain_recall", "plain rule: found", percent),
               ("plain_precision", "its precision", percent)]
    return table([head for _, head, _ in columns],
                 [[write(result[name]) if name in result else "" for name, _, write in columns]
                  for result in results])


def companions(results):
    rows = []
    for result in results:
        for name, title in (("strangers", "planted, new plates"),
                            ("drivers", "planted, drivers of the city"),
                            ("own", "the simulator's")):
            ranks = [f"{percent(result[f'{name}{rule}_first'])}, "
                     f"{percent(result[f'{name}{rule}_in_five'])}"
                     for rule in ("", "_count_10", "_count_30", "_share_30")]
            rows.append([result["seed"], number(result["vehicles"]), result["days"],
                         result["within_s"], title, number(result[f"{name}_targets"]), *ranks,
                         percent(result[f"{name}_told_of_none"]),
                         f"{percent(result[f'{name}_false'])} "
                         f"({percent(result[f'{name}_false_but_misreads'])})"])
    head = ["seed", "vehicles", "days", "within s", "convoys", "asked", "first, in first five",
            "cameras within 10 s", "within 30 s", "share of readings",
            "no companion significant", "false among significant (misreads of true ones apart)"]
    alone = [[result["seed"], number(result["lonely"]), percent(result["lonely_told"]),
              percent(result["lonely_three_cameras_10"]),
              percent(result["lonely_three_cameras_30"])] for result in results]
    return (table(head, rows) + "\n\nVehicles without companions:\n\n"
            + table(["seed", "asked", "told of a significant one",
                     "three cameras shared within 10 s", "within 30 s"], alone))


def habits(results):
    kinds = sorted({kind for result in results for kind in result["trips_by_kind"]})
    return table(["seed", "vehicles", "days", "homes asked", "within 700 m", "trips", "the same",
                  *kinds, "vehicles with all the same"],
                 [[result["seed"], number(result["vehicles"]), result["days"],
                   number(result.get("homes_asked")), percent(result.get("homes_found")),
                   number(result["trips"]), percent(result["trips_same"]),
                   *(percent(result["trips_by_kind"].get(kind)) for kind in kinds),
                   percent(result["vehicles_trips_all_same"])] for result in results])


def cabs(results):
    return table(["seed", "merged", "found", "once in two places at once", "found",
                  "others reported as cloned", "split purity", "plain rule: found", "others"],
                 [[result["seed"], result["merged"], result["found"], result["provable"],
                   result["provable_found"], len(result["others"]),
                   percent(result["split_purity"]), result["plain_found"], result["plain_others"]]
                  for result in results])


def seattle(results):
    result = results[-1]
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(result["kinds"].items()))
    rows = [[row["plate"], number(row.get("distance_m")), number(row.get("gap_s")),
             number(row.get("required_kmh")), " ".join(row.get("cameras", [])), row["kind"],
             number(row["confidence"], 2), "; ".join(row["reasons"])]
            for row in result["accounts"]]
    return (f"{result['readings']:,} readings of {result['plates']:,} plates. The plain rule names "
            f"{result['plain_reported']}, the sweep says: {kinds}.\n\n"
            + table(["plate", "distance m", "gap s", "km/h", "cameras", "kind", "confidence",
                     "reasons"], rows))


def cost(results):
    columns = [("stored", "sightings"), ("days", "days"), ("sweep_s", "sweep s"),
               ("sweep_peak_mib", "RssAnon MiB at most"), ("groups_s", "all groups s"),
               ("groups_peak_mib", "RssAnon MiB at most"),
               ("counts_ms", "counts by hour and colour ms"),
               ("companions_p50_ms", "companions of a plate p50 ms"), ("companions_p99_ms", "p99")]
    return table([head for _, head in columns],
                 [[number(result.get(name)) for name, _ in columns] for result in results])


def peers(results, costs):
    """Beside our own costs of a day of the same size."""
    parts = []
    for result in results:
        ours = next((each for each in costs if each["sightings"] == result["sightings"]
                     and each["days"] == 1), {})
        seconds = {"sweep": ours.get("sweep_s"), "groups": ours.get("groups_s"),
                   "counts": ours["counts_ms"] / 1000 if "counts_ms" in ours else None}
        rows = []
        for name, title in (("sweep", "cloned plates; the peers: speed rule"),
                            ("groups", "all groups; the peers: pairs at three cameras within 10 s"),
                            ("counts", "counts by hour and colour")):
            theirs = [result[peer][name]["seconds"] for peer in ("postgres", "duckdb")]
            times = min(theirs) / seconds[name] if seconds[name] else None
            rows.append([title, number(seconds[name]), *map(number, theirs), number(times)])
        parts.append(f"{result['sightings']:,} sightings, seconds:\n\n"
                     + table(["", "Sightline", "PostgreSQL", "DuckDB", "times as fast as the better"],
                             rows))
    return "\n\n".join(parts)


TITLES = [("clones", "Cloned plates", clones), ("companions", "Companions", companions),
          ("habits", "Homes and trips", habits), ("cabs", "Taxis whose plates are merged", cabs),
          ("seattle", "A real week", seattle), ("cost", "Cost", cost)]


def markdown(results):
    parts = [f"#### {title}\n\n{write(results[name])}"
             for name, title, write in TITLES if name in results]
    if "peers" in results:
        parts.append("#### Beside PostgreSQL and DuckDB\n\n"
                     + peers(results["peers"], results.get("cost", [])))
    return "\n\n".join(parts)
