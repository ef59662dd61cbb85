"""Draw the recordings that the gate refuses, or named ones, as one picture to judge by eye.

python -m benchmarks.quality_contact_sheet FOLDER --out sheet.png [--records NAME ...]
"""

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.quality_gate import WINDOW_S, recordings
from ecgcore.review.paper import draw_paper
from ecgcore.signal.quality import assess

WIDTH_PX = 900


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--records", nargs="+", default=[])
    args = parser.parse_args()
    parts: list[str] = []
    for name, recording in recordings(args.folder):
        shown = recording.window(0.0, WINDOW_S)
        quality = assess(shown)
        if quality.refused or name in args.records:
            figure = draw_paper(shown, width_px=WIDTH_PX)
            figure.update_layout(width=WIDTH_PX)
            # Plotly's script once, in the first drawing.
            drawing = figure.to_html(full_html=False, include_plotlyjs=not parts)
            said = " ".join(quality.sentences) or "Nothing is wrong."
            parts.append(f"<h3>{name}: {quality.verdict}</h3><p>{said}</p>{drawing}")
    if not parts:
        print("Nothing is refused, and no recording of these names is there.")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH_PX + 40, "height": 800})
        page.set_content(f"<body style='font-family: sans-serif'>{''.join(parts)}</body>")
        page.wait_for_function(
            "n => document.querySelectorAll('.main-svg').length >= n", arg=len(parts)
        )
        page.screenshot(path=args.out, full_page=True)
        browser.close()
    print(f"{len(parts)} recordings on {args.out}.")


if __name__ == "__main__":
    main()
