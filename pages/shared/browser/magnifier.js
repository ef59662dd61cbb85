// A lens that follows the pointer. It shows the chart itself, by reference, so it is never stale.
const LENS_PX = 200;
const POWER = 3;
const FINGER_PX = 120; // above a finger, which would hide it

class Magnifier {
  constructor(chart, memory) {
    Object.assign(this, { chart, memory });
    this.lens = document.createElement("div");
    this.lens.className = "lp-lens";
    this.lens.setAttribute("aria-hidden", "true");
    Object.assign(this.lens.style, {
      position: "absolute", width: `${LENS_PX}px`, height: `${LENS_PX}px`, borderRadius: "50%",
      overflow: "hidden", pointerEvents: "none", border: "2px solid #0b6e78", zIndex: 2,
      boxSizing: "border-box", background: "#fffcf7", boxShadow: "0 2px 10px rgb(0 0 0 / 0.3)",
    });
    this.glass = make("svg", "", this.lens, { width: LENS_PX, height: LENS_PX });
    this.shown = make("g", "", this.glass);
    const middle = LENS_PX / 2;
    make("path", "", this.glass, {
      d: `M${middle - 8} ${middle}h16M${middle} ${middle - 8}v16`, stroke: "#b04a12", fill: "none",
    });
  }

  follow(event) {
    if (!this.memory.lens || !this.chart.find()) return;
    const [x, y] = this.chart.place(event);
    const { offsetWidth: width, offsetHeight: height } = this.chart.box;
    const off = x < 0 || y < 0 || x > width || y > height;
    this.at(off ? null : [x, y], event.pointerType === "touch" ? FINGER_PX : 0);
  }

  at(point, lift = 0) {
    if (!point || !this.memory.lens) {
      this.lens.remove();
      return;
    }
    if (this.lens.parentNode !== this.chart.box) this.chart.box.append(this.lens);
    this.refer();
    const [x, y] = point;
    this.lens.style.left = `${x - LENS_PX / 2}px`;
    this.lens.style.top = `${y - LENS_PX / 2 - lift}px`;
    const middle = LENS_PX / 2 - 2;
    this.shown.setAttribute(
      "transform", `translate(${middle} ${middle}) scale(${POWER}) translate(${-x} ${-y})`,
    );
  }

  refer() {
    const layers = [...this.chart.box.querySelectorAll(":scope > .main-svg, .lp-calipers > .marks")];
    layers.forEach((layer, number) => (layer.id ||= `${this.chart.key}-layer-${number}`));
    const wanted = layers.map(({ id }) => `#${id}`);
    const held = [...this.shown.children].map((use) => use.getAttribute("href"));
    if (wanted.join() === held.join()) return;
    this.shown.replaceChildren();
    for (const href of wanted) make("use", "", this.shown, { href });
  }

  stop() {
    this.lens.remove();
  }
}
