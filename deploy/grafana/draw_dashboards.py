#!/usr/bin/env python3
"""Draws the dashboards of Grafana as SVG pictures of what a running Prometheus says, without Grafana.

usage: draw_dashboards.py PROMETHEUS_URL FOLDER [MINUTES [RATE_INTERVAL]]     (default: 15 minutes, 1m)

Each panel is drawn by its own queries over the last MINUTES, with RATE_INTERVAL for $__rate_interval. Prints the titles
of panels without data.
"""
import html
import json
import math
import pathlib
import re
import sys
import time
import urllib.parse
import urllib.request

DASHBOARDS = pathlib.Path(__file__).resolve().parent / "dashboards"
COLOURS = ["#73bf69", "#f2cc0c", "#5794f2", "#ff780a", "#e02f44", "#b877d9", "#37872d", "#56a64b", "#1f60c4", "#c4162a"]
WIDTH, HEIGHT, GAP, HEAD = 560, 230, 12, 56
LEFT, TOP, BOTTOM, RIGHT = 62, 38, 62, 14  # around the lines of a panel
POINTS = 120
MAX_LINES = 8  # of a panel; of more, the highest
STEPS = {"bytes": [(" GiB", 2**30), (" MiB", 2**20), (" KiB", 2**10)], "s": [(" d", 86400), (" h", 3600), (" s", 1), (" ms", 1e-3)],
         "short": [(" M", 1e6), (" K", 1e3)], "percentunit": [(" %", 0.01)]}
ENDINGS = {"reqps": "/s", "ops": "/s", "bytes": " B"}
ROUND = (1, 2, 2.5, 5, 10)  # what a step of an axis is, times a power of ten
ROWS = 4  # of an axis at most, but for what rounding adds


def size_and_ending(highest, unit):
    """What the values of an axis are divided by, and what is written after them."""
    steps = STEPS.get(unit, [])
    for ending, size in steps:
        if highest >= size:
            return size, ending
    return (steps[-1][1], steps[-1][0]) if unit in ("s", "percentunit") else (1, ENDINGS.get(unit, ""))


def axis(lowest, highest, unit):
    """The values of an axis, round ones from at most `lowest` to at least `highest`, and their texts."""
    size, ending = size_and_ending(max(highest, -lowest), unit)
    least = (highest - lowest) / size / ROWS
    power = 10 ** math.floor(math.log10(least))
    step = next(one for one in ROUND if one * power >= least * (1 - 1e-9)) * power
    numbers = range(math.floor(lowest / size / step + 1e-9), math.ceil(highest / size / step - 1e-9) + 1)
    return [(number * step * size, f"{number * step:.6g}{ending}" if number or unit != "short" else "0") for number in numbers]


class Prometheus:
    def __init__(self, url, minutes, rate_interval):
        self.url, self.rate_interval = url.rstrip("/"), rate_interval
        self.end = time.time()
        self.start = self.end - 60 * minutes

    def lines(self, target):
        """(legend, [(time, value)]) of each series of a query."""
        query = target["expr"].replace("$__rate_interval", self.rate_interval)
        values = {"query": query, "start": self.start, "end": self.end, "step": (self.end - self.start) / POINTS}
        with urllib.request.urlopen(f"{self.url}/api/v1/query_range?{urllib.parse.urlencode(values)}", timeout=60) as response:
            answer = json.load(response)
        for series in answer["data"]["result"]:
            legend = re.sub(r"\{\{(\w+)\}\}", lambda found: series["metric"].get(found[1], ""), target["legendFormat"])
            points = [(float(at), float(value)) for at, value in series["values"] if value not in ("NaN", "+Inf", "-Inf")]
            if points:
                yield legend, points


def text(x, y, words, size=12, anchor="start", colour="#ccccdc"):
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{html.escape(words)}</text>'


def panel_picture(panel, prometheus):
    """The elements of a panel, and whether it has data."""
    unit = panel["fieldConfig"]["defaults"]["unit"]
    lines = [line for target in panel["targets"] for line in prometheus.lines(target)]
    lines = sorted(lines, key=lambda line: -max(value for _, value in line[1]))[:MAX_LINES]
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" rx="3" fill="#181b1f" stroke="#2f343b"/>', text(12, 22, panel["title"], 14)]
    if not lines:
        return [*parts, text(WIDTH / 2, HEIGHT / 2, "No data", 15, "middle", "#8e8e99")], False
    highest = max(value for _, points in lines for _, value in points) or 1
    marks = axis(min(0, min(value for _, points in lines for _, value in points)), highest, unit)
    lowest, highest = marks[0][0], marks[-1][0]
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(at, value):
        x = LEFT + inner_width * (at - prometheus.start) / (prometheus.end - prometheus.start)
        return f"{x:.1f},{TOP + inner_height * (1 - (value - lowest) / (highest - lowest)):.1f}"
    for value, words in marks:
        y = TOP + inner_height * (1 - (value - lowest) / (highest - lowest))
        parts += [f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#2f343b"/>', text(LEFT - 6, y + 4, words, 11, "end", "#8e8e99")]
    for share in (0, 0.5, 1):
        at = time.strftime("%H:%M:%S", time.gmtime(prometheus.start + share * (prometheus.end - prometheus.start)))
        parts.append(text(LEFT + inner_width * share, HEIGHT - BOTTOM + 16, at, 11, ("start", "middle", "end")[int(2 * share)], "#8e8e99"))
    x, y = 12, HEIGHT - 26
    for (legend, points), colour in zip(lines, COLOURS):
        parts.append(f'<polyline points="{" ".join(place(*point) for point in points)}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        width = 26 + 6.4 * len(legend)
        if x + width > WIDTH and x > 12:
            x, y = 12, y + 16
        if y <= HEIGHT - 8:
            parts += [f'<path d="M{x} {y - 4}h12" stroke="{colour}" stroke-width="3"/>', text(x + 17, y, legend, 11)]
        x += width
    return parts, True


def dashboard_picture(dashboard, prometheus):
    """The picture, and the titles of panels without data."""
    rows = (len(dashboard["panels"]) + 1) // 2
    width, height = 2 * WIDTH + 3 * GAP, HEAD + rows * (HEIGHT + GAP)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
             'font-family="Inter, Helvetica, Arial, sans-serif">', f'<rect width="{width}" height="{height}" fill="#111217"/>',
             text(GAP, 34, dashboard["title"], 20)]
    empty = []
    for index, panel in enumerate(dashboard["panels"]):
        inside, has_data = panel_picture(panel, prometheus)
        if not has_data:
            empty.append(panel["title"])
        x, y = GAP + index % 2 * (WIDTH + GAP), HEAD + index // 2 * (HEIGHT + GAP)
        parts += [f'<g transform="translate({x} {y})">', *inside, "</g>"]
    return "\n".join([*parts, "</svg>\n"]), empty


def draw(url, folder, minutes=15.0, rate_interval="1m"):
    """Writes FOLDER/NAME.svg for each dashboard. Returns the titles of panels without data by dashboard."""
    prometheus = Prometheus(url, minutes, rate_interval)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    missing = {}
    for path in sorted(DASHBOARDS.glob("*.json")):
        picture, missing[path.stem] = dashboard_picture(json.loads(path.read_text()), prometheus)
        (folder / f"{path.stem}.svg").write_text(picture)
    return missing


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 5:
        sys.exit(__doc__)
    for name, titles in draw(sys.argv[1], sys.argv[2], float((sys.argv[3:4] or ["15"])[0]), (sys.argv[4:5] or ["1m"])[0]).items():
        print(f"{name}: {', '.join(titles) or 'every panel has data'}")
