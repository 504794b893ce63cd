#!/usr/bin/env python3
"""Makes the moving pictures of the documentation from the program itself.

usage: docs/pictures/make.py TOKSCOPE

Each picture is a sequence of frames; a frame is what `tokscope demo --keys KEYS --print` prints. The result is an SVG that
shows one frame after the other, without scripts.
"""
import html
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

COLUMNS, ROWS = 110, 30
WIDTH, HEIGHT = 8.4, 18
SECONDS = 3.5
BACKGROUND, FOREGROUND = "#16181d", "#d7dae0"
COLORS = ["#16181d", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d7dae0",
          "#8a919e", "#ff8b92", "#b5e890", "#ffd68a", "#8cc8ff", "#e2a0f5", "#7fd8e2", "#ffffff"]
PICTURES = {
    # name: keys, one entry per frame; each frame continues the one before
    "step-up": ["j", "o", "<enter><wait>", "a<wait>", "<esc>jjjjjc<wait>", "4<enter>", "s<wait>", "<enter><wait>", "a<wait>", "<esc>"],
}


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


def picture(program, steps):
    frames, keys = [], ""
    for step in steps:
        keys += step
        frames.append(draw(frame(program, keys)))
    width, height = COLUMNS * WIDTH + 20, ROWS * HEIGHT + 20
    share = 100 / len(frames)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}">',
             "<style>text{font:14px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}"
             f".f{{visibility:hidden;animation:f {SECONDS * len(frames)}s infinite step-end}}"
             f"@keyframes f{{0%{{visibility:visible}}{share:.3f}%{{visibility:hidden}}}}</style>",
             f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>']
    for index, content in enumerate(frames):
        lines.append(f'<g class="f" style="animation-delay:{index * SECONDS}s">\n{content}\n</g>')
    return "\n".join(lines + ["</svg>", ""])


if len(sys.argv) != 2:
    sys.exit(__doc__)
for name, steps in PICTURES.items():
    Path(__file__).with_name(name + ".svg").write_text(picture(os.path.abspath(sys.argv[1]), steps))
