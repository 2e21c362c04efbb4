"""What was measured, as Markdown."""


def number(value, digits=3):
    """Three digits that count, thousands apart."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def by_size(results):
    rows = []
    for name, of in results.items():
        if "search" not in of:
            continue
        ours, build, footprint = of["search"]["entrants"][0], of["build"], of["footprint"]
        rows.append([
            name, number(of["data"]["rows"]), footprint["segments"], f"{ours['recall_at_1']:.3f}",
            f"{ours['recall_at_10']:.3f}", f"{ours['recall_at_100']:.3f}",
            f"{ours['worst_group_recall_at_10']:.3f} ({ours['worst_group']})",
            number(ours["p50_ms"]), number(ours["p99_ms"]), number(ours["per_second"]),
            number(ours["per_second_threads"]), number(build["sealed_per_second"]),
            number(build["graphed_per_second"]), number(footprint["disk_bytes_a_vector"]),
            number(footprint["rss_anon_bytes_a_vector"])])
    head = ["set", "vectors", "segments", "recall@1", "@10", "@100", "least of a group, @10",
            "p50 ms", "p99 ms", "searches/s, 1 thread", "2 threads", "sealed/s",
            "graphs, vectors/s", "bytes on disk a vector", "RssAnon, bytes a vector"]
    return table(head, rows)


def searches(of):
    rows = []
    for entrant in of["entrants"]:
        rows.append([
            entrant["name"], entrant["effort"] or "", f"{entrant['recall_at_1']:.3f}",
            f"{entrant['recall_at_10']:.3f}", f"{entrant['recall_at_100']:.3f}",
            f"{entrant['worst_group_recall_at_10']:.3f}", number(entrant["p50_ms"]),
            number(entrant["p99_ms"]), number(entrant["per_second"]),
            number(entrant["per_second_threads"]), number(entrant["processor_us"]),
            number(entrant["times_as_fast"]), number(entrant["times_less_processor"]),
            number(entrant["built_per_second"]) if entrant["built_per_second"] else ""])
    head = ["", "effort", "recall@1", "@10", "@100", "least group @10", "p50 ms", "p99 ms",
            "searches/s, 1 thread", "2 threads", "processor µs", "Sightline is times as fast",
            "by processor time", "built, vectors/s"]
    return table(head, rows)


def scans(of):
    rows = [[entrant["name"], number(entrant["scans_per_second"]), number(entrant["processor_ms"]),
             f"{100 * entrant['share_of_memory_speed']:.0f} %", number(entrant["times_as_fast"]),
             number(entrant["ms_for_16"]), number(entrant["times_as_fast_for_16"])]
            for entrant in of["entrants"]]
    head = ["", "scans/s", "processor ms", "of the memory's speed", "Sightline is times as fast",
            "16 questions at once, ms", "Sightline is times as fast"]
    speeds = (f"One thread reads {of['memory_bytes_per_second'] / 1e9:.1f} GB/s of memory, "
              f"{of['file_bytes_per_second'] / 1e9:.1f} of a mapped file that is in memory. "
              f"Recall@10 of Sightline's scan: {of['exact_recall_at_10']:.3f}.")
    return table(head, rows) + "\n\n" + speeds


def best_peer(entrants, target):
    """The fastest that finds enough; where none does, the one that finds most."""
    peers = [entrant for entrant in entrants if entrant["name"].startswith("FAISS")]
    able = [peer for peer in peers if peer["recall_at_10"] >= target]
    if able:
        return min(able, key=lambda peer: peer["mean_ms"])
    return max(peers, key=lambda peer: peer["recall_at_10"], default=None)


def named(peer):
    return f"{peer['name']}, {peer['effort']}" if peer["effort"] else peer["name"]


def filters(of):
    rows = []
    for cell in of["cells"]:
        ours = cell["entrants"][0]
        row = [cell["relation"], f"{100 * cell['share']:g} %", number(cell["passing"]),
               f"{ours['recall_at_10']:.3f}", number(ours["mean_ms"]), number(ours["p99_ms"])]
        peer = best_peer(cell["entrants"], of["target"])
        if peer:
            graph = next((p for p in cell["entrants"] if p["name"] == "FAISS HNSWSQ"), None)
            row += [named(peer), f"{peer['recall_at_10']:.3f}", number(peer["mean_ms"]),
                    number(peer["p99_ms"]), number(peer["mean_ms"] / ours["mean_ms"]),
                    f"{graph['recall_at_10']:.3f}, {number(graph['mean_ms'])} ms" if graph else ""]
        rows.append(row)
    head = ["filter", "passes", "rows", "recall@10", "mean ms", "p99 ms"]
    if best_peer(of["cells"][0]["entrants"], 0):
        head += ["FAISS's fastest that reaches 0.95", "recall@10", "mean ms", "p99 ms",
                 "Sightline is times as fast", "FAISS HNSWSQ with a selector"]
    return table(head, rows)


def over_http(of):
    load, search, live, space = of["import"], of["search"], of["live"], of["space"]
    rows = [
        ["sightings taken a second, indexing on", number(load["rows_per_second"])],
        ["request of 5,000, p50 and p99 ms",
         f"{number(load['ingest_p50_ms'])}, {number(load['ingest_p99_ms'])}"],
        ["searched for by their own vectors when acknowledged", number(load["checked"])],
        ["… not found", load["missed"]],
        ["… p50 and p99 ms, beside the load",
         f"{number(load['search_p50_ms'])}, {number(load['search_p99_ms'])}"],
        ["processor µs a sighting", number(1e6 * load["server_processor_seconds"] / load["rows"])],
        ["bytes on disk a sighting, record and index", number(of["disk_bytes"] / space["vectors"])],
        ["vectors, in graphs when all was quiet",
         f"{space['vectors']:,}, {space['graphed_vectors']:,}"],
        ["RssAnon of the server, MiB", number(of["rss_anon_mib"])],
        [f"searches a second, k {search['k']}, {search['connections']} connections, "
         f"{search['records_an_answer']:.0f} records an answer", number(search["per_second"])],
        ["… p50 and p99 ms", f"{number(search['p50_ms'])}, {number(search['p99_ms'])}"],
        ["… recall@10", f"{search['recall_at_10']:.3f}"],
        ["live load of 350 a second: share of the machine",
         f"{100 * live['share_of_machine']:.1f} %"],
    ]
    return table(["", ""], rows)


def markdown(results):
    parts = ["#### By size\n\n" + by_size(results)]
    titles = [("search", "beside peers at a recall of 0.95 or better", searches),
              ("search_matched", "beside peers at our recall or better", searches),
              ("scan", "exact scans", scans), ("filters", "filters", filters),
              ("http", "over HTTP", over_http)]
    for name, of in results.items():
        for key, title, write in titles:
            if key not in of or (write is searches and len(of[key]["entrants"]) == 1):
                continue
            parts.append(f"#### {name}: {title}\n\n" + write(of[key]))
    return "\n\n".join(parts)
