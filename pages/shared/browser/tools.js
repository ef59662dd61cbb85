// The toolbar above the paper. What was measured is kept here in the page, by chart, so that a rerun
// of the script finds it again; it is dropped as soon as the chart shows another sheet.
const MEMORY = new Map();

class Tools {
  constructor(root, bar, { data, setStateValue }) {
    const { chart: key, area } = data;
    if (!MEMORY.has(key)) {
      MEMORY.set(key, { sheet: "", calipers: [], selected: null, measuring: false, lens: false });
    }
    this.memory = MEMORY.get(key);
    Object.assign(this, { bar, area, setStateValue, told: "" });
    this.host = root.host ?? root;
    this.chart = new Chart(key);
    this.calipers = new Calipers(
      this.chart, this.memory, (point) => this.changed(point), () => this.end(),
    );
    this.magnifier = new Magnifier(this.chart, this.memory);
    this.off = new AbortController();
    const { signal } = this.off;
    bar.addEventListener("click", (event) => this.click(event), { signal });
    bar.addEventListener("keydown", (event) => this.walk(event), { signal });
    document.addEventListener("pointermove", (event) => this.magnifier.follow(event), { signal });
    document.addEventListener("fullscreenchange", () => this.resized(), { signal });
    window.addEventListener("resize", () => this.isFull && this.resized(), { signal });
    document.addEventListener(
      "keydown", (event) => event.key === "Escape" && this.memory.measuring && this.end(), { signal },
    );
    this.button("full").hidden = !document.fullscreenEnabled;
    this.name();
    this.changed();
  }

  button(tool) {
    return this.bar.querySelector(`[data-tool="${tool}"]`);
  }

  get needed() {
    return this.memory.measuring || this.memory.lens || this.memory.calipers.length > 0;
  }

  // Follow zoom, pan, resize and redrawing, frame by frame, for as long as there is something to show.
  frame = () => {
    this.waiting = 0;
    if (this.off.signal.aborted) return;
    if (this.chart.find()) {
      this.forgetAnotherSheet();
      const state = `${this.chart.view};${JSON.stringify(this.memory)}`;
      if (state !== this.drawn || this.calipers.svg.parentNode !== this.chart.box) {
        this.drawn = state;
        this.calipers.draw();
        this.tell();
      }
    }
    if (this.needed) this.wait();
  };

  wait() {
    this.waiting ||= requestAnimationFrame(this.frame);
  }

  forgetAnotherSheet() {
    if (this.memory.sheet === this.chart.sheet) return;
    this.memory.sheet = this.chart.sheet;
    this.memory.calipers.length = 0;
    this.memory.selected = null;
  }

  changed(point) {
    if (point) this.magnifier.at(point);
    this.wait();
  }

  // Write the texts of the toolbar in the reader's language; the page comes with the English ones.
  name() {
    const english = (element, what, text) => ((element.english ??= {})[what] ??= text);
    this.bar.ariaLabel = say(english(this.bar, "label", this.bar.ariaLabel));
    for (const button of this.bar.querySelectorAll("button")) {
      button.title = say(english(button, "title", button.title));
      button.textContent = say(english(button, "text", button.textContent.trim()));
    }
    this.drawn = "";
    this.calipers.svg.setAttribute("aria-label", say("Calipers"));
  }

  // Buttons and the line of text beside them.
  tell() {
    const { measuring, lens, calipers } = this.memory;
    const selected = this.calipers.selected;
    this.button("calipers").setAttribute("aria-pressed", measuring);
    this.button("lens").setAttribute("aria-pressed", lens);
    this.button("march").setAttribute("aria-pressed", Boolean(selected?.marching));
    this.button("march").disabled = !selected;
    this.button("delete").disabled = !selected;
    this.button("clear").disabled = !calipers.length;
    const hint = measuring && !calipers.length ? say("Drag on the paper to measure") : "";
    const text = selected ? measured(this.chart, selected).join(" · ") : hint;
    const output = this.bar.querySelector("output");
    if (output.textContent !== text) output.textContent = text;
  }

  click(event) {
    const tool = event.target.closest("button")?.dataset.tool;
    if (!tool || !this.chart.find()) return;
    this.forgetAnotherSheet();
    if (tool === "calipers") {
      this.memory.measuring = !this.memory.measuring;
      // A press of a key has no clicks to count; it cannot drag either.
      const byKey = event.detail === 0;
      if (byKey && this.memory.measuring && !this.memory.calipers.length) this.calipers.addInView();
    } else if (tool === "march") this.calipers.march(this.calipers.selected);
    else if (tool === "delete") this.calipers.remove(this.calipers.selected);
    else if (tool === "clear") this.calipers.clear();
    else if (tool === "lens") {
      this.memory.lens = !this.memory.lens;
      if (!this.memory.lens) this.magnifier.stop();
    } else if (tool === "full") this.toggleFull();
    this.changed();
  }

  // A toolbar is one stop of the Tab key; arrows go from button to button.
  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = [...this.bar.querySelectorAll("button:not([disabled], [hidden])")];
    const from = buttons.indexOf(event.target);
    const to = buttons[(from + step + buttons.length) % buttons.length];
    for (const button of this.bar.querySelectorAll("button")) button.tabIndex = button === to ? 0 : -1;
    to.focus();
    event.preventDefault();
  }

  end() {
    this.memory.measuring = false;
    this.memory.selected = null;
    this.changed();
    this.button("calipers").focus();
  }

  get isFull() {
    const area = this.host.closest(`.st-key-${this.area}`);
    return Boolean(area) && document.fullscreenElement === area;
  }

  toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.host.closest(`.st-key-${this.area}`)?.requestFullscreen();
  }

  // The sheet is as high as its width asks for, so Python has to know the width to draw it again.
  resized() {
    const area = this.host.closest(`.st-key-${this.area}`);
    if (!area) return;
    const full = this.isFull;
    Object.assign(area.style, {
      background: full ? "#ffffff" : "", padding: full ? "12px" : "", overflow: full ? "auto" : "",
      boxSizing: full ? "border-box" : "",
    });
    this.button("full").setAttribute("aria-pressed", full);
    requestAnimationFrame(() => {
      const px = full && this.chart.find() ? Math.floor(this.chart.room.clientWidth / 20) * 20 : 0;
      if (px !== this.sentPx) this.setStateValue("full_px", (this.sentPx = px));
    });
  }

  stop() {
    this.off.abort();
    cancelAnimationFrame(this.waiting);
    this.calipers.stop();
    this.magnifier.stop();
  }
}

export default function (component) {
  const root = component.parentElement;
  const bar = root.querySelector('[role="toolbar"]');
  const running = bar.tools;
  WORDS = component.data.words ?? {};
  if (running && running.chart.key === component.data.chart) {
    running.setStateValue = component.setStateValue;
    running.name();
    running.changed();
  } else {
    running?.stop();
    bar.tools = new Tools(root, bar, component);
  }
  return () => {
    bar.tools?.stop();
    bar.tools = null;
  };
}
