#!/usr/bin/env python3
"""Makes the moving pictures of the documentation from the program itself.

usage: docs/pictures/make.py [--check] TOKSCOPE

Each picture is a journey of `journeys.toml`. A frame is what `tokscope demo --keys KEYS --print` prints after the keys of a
step. The result is an SVG that shows one frame after the other, without scripts.

With `--check`, nothing is written; the exit code is 1 if a picture is not what the program shows now, apart from ports,
times and random identifiers.
"""
import difflib
import html
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path

COLUMNS, ROWS = 110, 30
WIDTH, HEIGHT = 8.4, 18
SECONDS = 3.5
BACKGROUND, FOREGROUND = "#16181d", "#d7dae0"
COLORS = ["#16181d", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d7dae0",
          "#8a919e", "#ff8b92", "#b5e890", "#ffd68a", "#8cc8ff", "#e2a0f5", "#7fd8e2", "#ffffff"]
HERE = Path(__file__).parent


def frame(program, keys):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TERM": "xterm-256color", "CLICOLOR_FORCE": "1"}
    run = subprocess.run([program, "demo", f"--keys={keys}", f"--print={COLUMNS}x{ROWS}"], env=environment,
                         capture_output=True, check=True, text=True, stdin=subprocess.DEVNULL)
    return run.stdout.splitlines()


def color(arguments, default):
    """Reads the colour after 38 or 48: `5;N` or `2;R;G;B`."""
    kind = arguments.pop(0)
    if kind == 5:
        index = arguments.pop(0)
        if index < 16:
            return COLORS[index]
        if index >= 232:
            level = 8 + 10 * (index - 232)
            return f"#{level:02x}{level:02x}{level:02x}"
        index -= 16
        return "#" + "".join(f"{55 + 40 * part if part else 0:02x}" for part in (index // 36, index // 6 % 6, index % 6))
    if kind == 2:
        return "#{:02x}{:02x}{:02x}".format(*(arguments.pop(0) for _ in range(3)))
    return default


def runs(line):
    """Splits a line into (style, text)."""
    style = {}
    for escape, text in re.findall(r"\x1b\[([0-9;]*)m|([^\x1b]+)", line):
        if text:
            yield dict(style), text
            continue
        arguments = [int(part or 0) for part in escape.split(";")]
        while arguments:
            code = arguments.pop(0)
            if code == 0:
                style.clear()
            elif code in (1, 2, 3, 4, 7):
                style[code] = True
            elif code == 38:
                style["fg"] = color(arguments, FOREGROUND)
            elif code == 48:
                style["bg"] = color(arguments, BACKGROUND)
            elif 30 <= code <= 37 or 90 <= code <= 97:
                style["fg"] = COLORS[code - 30 if code < 90 else code - 82]
            elif code == 39:
                style.pop("fg", None)
            elif code == 49:
                style.pop("bg", None)


def cells(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def draw(lines):
    parts = []
    for row, line in enumerate(lines):
        column, top = 0, 10 + row * HEIGHT
        for style, text in runs(line):
            front, back = style.get("fg", FOREGROUND), style.get("bg")
            if style.get(7):
                front, back = back or BACKGROUND, front
            left, width = 10 + column * WIDTH, cells(text) * WIDTH
            if back:
                parts.append(f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{HEIGHT}" fill="{back}"/>')
            attributes = "".join([' font-weight="bold"' if style.get(1) else "", ' opacity="0.65"' if style.get(2) else "",
                                  ' text-decoration="underline"' if style.get(4) else ""])
            if text.strip():
                parts.append(f'<text x="{left:.1f}" y="{top + 13.5}" fill="{front}" textLength="{width:.1f}"{attributes}>'
                             f"{html.escape(text)}</text>")
            column += cells(text)
    return "\n".join(parts)


def picture(program, journey):
    frames, keys = [], journey["before"]
    for step in journey["step"]:
        keys += step["keys"]
        frames.append(draw(frame(program, keys)))
    width, height = COLUMNS * WIDTH + 20, ROWS * HEIGHT + 20
    share = 100 / len(frames)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}">',
             f"<title>{html.escape(journey['about'])}</title>",
             "<style>text{font:14px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}"
             f".f{{visibility:hidden;animation:f {SECONDS * len(frames)}s infinite step-end}}"
             f"@keyframes f{{0%{{visibility:visible}}{share:.3f}%{{visibility:hidden}}}}</style>",
             f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>']
    for index, content in enumerate(frames):
        lines.append(f'<g class="f" style="animation-delay:{index * SECONDS}s">\n{content}\n</g>')
    return "\n".join(lines + ["</svg>", ""])


def shape(svg):
    """Returns the text of each row of each frame, without what differs from run to run."""
    rows = []
    for content in svg.split('<g class="f"')[1:]:
        texts = {}
        for top, text in re.findall(r'<text [^>]*?y="([\d.]+)"[^>]*>([^<]*)</text>', content):
            texts.setdefault(top, []).append(html.unescape(text))
        for parts in texts.values():
            row = "".join(parts).replace("\u2501", "\u2500")
            row = re.sub(r"\S{24,}", "LONG", row)
            row = re.sub(r"\d+", "N", row)
            row = re.sub(r"\bN (h|min|s|ms)\b", "N", row)
            rows.append(re.sub(r"\s+", " ", row).strip())
        rows.append("")
    return rows


def main():
    arguments = sys.argv[1:]
    check = arguments[:1] == ["--check"]
    if len(arguments) != 1 + check:
        sys.exit(__doc__)
    program = os.path.abspath(arguments[-1])
    stale = False
    for journey in tomllib.loads((HERE / "journeys.toml").read_text())["journey"]:
        path = HERE / (journey["name"] + ".svg")
        made = picture(program, journey)
        if not check:
            path.write_text(made)
            continue
        difference = list(difflib.unified_diff(shape(path.read_text()), shape(made), path.name, "the program", lineterm="", n=1))
        stale |= bool(difference)
        print("\n".join(difference) or f"{path.name} is current")
    if stale:
        sys.exit("a picture is out of date: run docs/pictures/make.py")


main()
