"""Turns what benches/compare.sh measured into docs/performance.md and its picture.

Usage: report.py FOLDER DOCS all|batches. Keeps the text of performance.md outside of the
lines that mark the measured parts; with `batches` that about single calls stays.
"""

import json
import math
import pathlib
import statistics
import sys

BEGIN = "<!-- {}: begin -->"
END = "<!-- {}: end -->"
SINGLE, BATCHES = "measured", "measured in batches"
BATCH_GROUP = "20,000 tickets in 40 calls of 200 ms"


def milliseconds(seconds):
    return f"{seconds * 1000:,.1f}" if seconds < 0.1 else f"{seconds * 1000:,.0f}"


def read(folder):
    """The measurements: group, name and the times of each run in seconds."""
    for line in (folder / "names").read_text().splitlines():
        group, name, path = line.split("\t")
        path = pathlib.Path(path)
        rounds = [json.loads(file.read_text()) for file in path.parent.glob(f"{path.name}.*.json")]
        yield group, name, [time for each in rounds for time in each["results"][0]["times"]]


def table(rows):
    """Least times as ratios of that of the group's first, with medians."""
    base = min(rows[0][1])
    yield "| command | ratio | median | fastest to slowest |"
    yield "|---|---:|---:|---:|"
    for name, times in rows:
        median = statistics.median(times)
        spread = f"{milliseconds(min(times))} to {milliseconds(max(times))} ms"
        yield f"| {name} | {min(times) / base:.2f} | {milliseconds(median)} ms | {spread} |"


def growth(curves):
    yield "| tickets | " + " | ".join(curves) + " | ratio |"
    yield "|---:|" + "---:|" * (len(curves) + 1)
    for tickets in next(iter(curves.values())):
        times = [curve[tickets] for curve in curves.values()]
        cells = " | ".join(f"{milliseconds(time)} ms" for time in times)
        yield f"| {tickets:,} | {cells} | {times[-1] / times[0]:.2f} |"


def picture(curves):
    """Time against number of tickets, both on logarithmic scales, as SVG."""
    width, height, left, bottom = 640, 360, 70, 50
    tickets = [count for curve in curves.values() for count in curve]
    times = [time for curve in curves.values() for time in curve.values()]
    low_x, high_x = math.log10(min(tickets)), math.log10(max(tickets))
    low_y, high_y = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    x = lambda count: left + (math.log10(count) - low_x) / (high_x - low_x) * (width - left - 110)
    y = lambda time: height - bottom - (math.log10(time) - low_y) / (high_y - low_y) * (height - bottom - 20)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        "<title>Time against number of tickets</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for power in range(low_y, high_y + 1):
        at = y(10**power)
        label = f"{10 ** power * 1000:g} ms"
        lines.append(f'<line x1="{left}" y1="{at:.1f}" x2="{width - 110}" y2="{at:.1f}" stroke="#ddd"/>')
        lines.append(f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end">{label}</text>')
    for count in sorted(set(tickets)):
        lines.append(f'<text x="{x(count):.1f}" y="{height - bottom + 20}" text-anchor="middle">{count:,}</text>')
    lines.append(f'<text x="{(left + width - 110) / 2}" y="{height - 10}" text-anchor="middle">tickets</text>')
    for (name, curve), (color, dash) in zip(curves.items(), [("#777", "5 4"), ("#0366d6", "none")]):
        points = " ".join(f"{x(count):.1f},{y(time):.1f}" for count, time in curve.items())
        lines.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dash}"/>')
        count, time = list(curve.items())[-1]
        lines.append(f'<text x="{x(count) + 8:.1f}" y="{y(time) + 4:.1f}" fill="{color}">{name}</text>')
    return "\n".join(lines + ["</svg>", ""])


def report(folder):
    groups, curves = {}, {}
    for group, name, times in read(folder):
        if group.startswith("Growth: "):
            curve = curves.setdefault(group.removeprefix("Growth: "), {})
            curve[int(name)] = min(times)
        elif group != BATCH_GROUP:
            groups.setdefault(group, []).append((name, times))
    sizes = dict(line.split("\t") for line in (folder / "sizes").read_text().splitlines())
    machine = (folder / "machine").read_text().splitlines()
    yield "Machine and versions: " + "; ".join(line for line in machine if line) + "."
    for group, rows in groups.items():
        yield ""
        size = f" ({int(sizes[group]) / 1e6:.0f} MB)" if group in sizes else ""
        yield f"### {group}{size}"
        yield ""
        yield from table(rows)
    workbooks = folder / "xlsx"
    if workbooks.exists():
        yield ""
        yield "### A workbook of 100,000 tickets with all columns, without parsing"
        yield ""
        times = {}
        for line in workbooks.read_text().splitlines():
            name, seconds = line.split("\t")
            times.setdefault(name, []).append(float(seconds))
        yield from table(list(times.items()))
    yield ""
    yield "### Growth, three columns as csv next to the download alone"
    yield ""
    yield from growth(curves)
    yield ""
    yield "![Time against number of tickets](performance.svg)"
    memory = folder / "memory"
    if memory.exists():
        body = int(sizes["100,000 tickets"]) / 1024
        yield ""
        yield f"### Peak memory, 100,000 tickets ({body / 1024:.0f} MiB)"
        yield ""
        yield "| command | peak | beyond the body |"
        yield "|---|---:|---:|"
        for line in memory.read_text().splitlines():
            name, peak = line.split("\t")
            if name == "batches":
                continue
            yield f"| sotickets {name} | {int(peak) / 1024:.0f} MiB | {(int(peak) - body) / 1024:.0f} MiB |"
    (pathlib.Path(sys.argv[2]) / "performance.svg").write_text(picture(curves))


def batches(folder):
    rows = [(name, times) for group, name, times in read(folder) if group == BATCH_GROUP]
    (_, download), serial, parallel = rows[:3]
    ideal = 40 / 8 * 0.2 + min(download)
    yield f"Machine: {(folder / 'machine').read_text().splitlines()[0]}."
    yield f"Ideal are 5 waits of 200 ms and the download of the same bytes: {milliseconds(ideal)} ms."
    yield ""
    yield "| command | least | of the ideal | median |"
    yield "|---|---:|---:|---:|"
    for name, times in rows:
        least, median = min(times), statistics.median(times)
        yield f"| {name} | {milliseconds(least)} ms | {least / ideal:.2f} | {milliseconds(median)} ms |"
    memory = folder / "memory"
    if memory.exists():
        peaks = dict(line.split("\t") for line in memory.read_text().splitlines())
        body = sum(path.stat().st_size for path in (folder / "served").glob("*+500.json")) / 1024
        peak = int(peaks["batches"])
        yield ""
        yield f"`-o csv` takes at most {peak / 1024:.0f} MiB, {(peak - body) / 1024:.0f} MiB beyond the answers."


def replaced(page, name, lines):
    before, rest = page.split(BEGIN.format(name))
    after = rest.split(END.format(name))[1]
    measured = "\n".join(lines)
    return f"{before}{BEGIN.format(name)}\n\n{measured}\n\n{END.format(name)}{after}"


def main():
    folder, docs, part = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    page = docs / "performance.md"
    text = replaced(page.read_text(), BATCHES, batches(folder))
    if part == "all":
        text = replaced(text, SINGLE, report(folder))
    page.write_text(text)


main()
