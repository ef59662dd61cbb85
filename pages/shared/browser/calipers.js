// Calipers: rectangles in millimetres of the sheet that tell the time and the voltage they span.
const SVG = "http://www.w3.org/2000/svg";
const FINE_MM = 1;
const COARSE_MM = 5;
const FINEST_MM = 0.1;
const START_MM = [20, 10];
const CLICK_PX = 4; // a shorter drag was a click
const MIN_MARCH_MM = 1;
const FASTEST_MS = 150; // 400 per minute; what is shorter is no interval between beats
const STYLE = `
  .lp-calipers { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
  .lp-calipers.on { touch-action: none; }
  .lp-calipers .catch { fill: transparent; }
  .lp-calipers.on .catch { pointer-events: all; cursor: crosshair; }
  .lp-calipers .caliper { outline: none; }
  .lp-calipers .body { fill: #0b6e78; fill-opacity: 0.05; }
  .lp-calipers.on .body { pointer-events: all; cursor: move; }
  .lp-calipers .edge { fill: none; stroke: #0b6e78; stroke-width: 1.5; }
  .lp-calipers .march { fill: none; stroke: #0b6e78; stroke-width: 1; stroke-dasharray: 5 3; }
  .lp-calipers .grip { fill: none; stroke: transparent; stroke-width: 14; }
  .lp-calipers.on .grip { pointer-events: stroke; }
  .lp-calipers .knob { fill: #ffffff; stroke: #0b6e78; stroke-width: 1.5; visibility: hidden; }
  .lp-calipers.on .selected .knob { visibility: visible; pointer-events: all; }
  .lp-calipers .selected .body { fill-opacity: 0.12; }
  .lp-calipers .selected .edge { stroke-width: 2.5; }
  .lp-calipers .caliper:focus-visible .edge { stroke: #b04a12; stroke-width: 3; }
  .lp-calipers .plate { fill: #ffffff; fill-opacity: 0.94; stroke: #0b6e78; }
  .lp-calipers text { fill: #1f2430; font: 600 12px sans-serif; }
  @media (pointer: coarse) { .lp-calipers .grip { stroke-width: 30; } }
`;
// Which ends of x and y a grip moves: 0 the first, 1 the second.
const GRIPS = {
  w: { x: 0, cursor: "ew-resize" },
  e: { x: 1, cursor: "ew-resize" },
  s: { y: 0, cursor: "ns-resize" },
  n: { y: 1, cursor: "ns-resize" },
};
const KNOBS = {
  sw: { x: 0, y: 0, cursor: "nesw-resize" },
  ne: { x: 1, y: 1, cursor: "nesw-resize" },
  nw: { x: 0, y: 1, cursor: "nwse-resize" },
  se: { x: 1, y: 0, cursor: "nwse-resize" },
};

function make(name, className, parent, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  element.setAttribute("class", className);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

// Texts of the tools in the reader's language, by the English ones.
let WORDS = {};

function say(text, values = {}) {
  return Object.entries(values).reduce(
    (said, [name, value]) => said.replace(`{${name}}`, () => value), WORDS[text] ?? text,
  );
}

// What a caliper spans, in words. Columns that show the same seconds make no interval together.
function measured(chart, caliper) {
  const [x0, x1] = caliper.x;
  const [y0, y1] = caliper.y;
  const middle = (y0 + y1) / 2;
  const ms = (1000 * Math.abs(x1 - x0)) / chart.geometry.speed_mm_s;
  const mm = Math.abs(y1 - y0);
  const beat = ms >= FASTEST_MS ? ` · ${Math.round(60000 / ms)} ${say("bpm")}` : "";
  const time =
    chart.span(x0, middle) === chart.span(x1, middle)
      ? `${Math.round(ms)} ms${beat}`
      : say("no interval across columns");
  const height = `${(mm / chart.geometry.gain_mm_mv).toFixed(2)} mV · ${mm.toFixed(1)} mm`;
  return [time, height];
}

class Calipers {
  constructor(chart, memory, changed, ended) {
    Object.assign(this, { chart, memory, changed, ended });
    this.nodes = new Map();
    this.svg = make("svg", "lp-calipers", null, { "aria-label": say("Calipers"), role: "group" });
    make("style", "", this.svg).textContent = STYLE;
    make("rect", "catch", this.svg, { width: "100%", height: "100%" });
    this.marks = make("g", "marks", this.svg);
    for (const [type, answer] of Object.entries({
      pointerdown: (event) => this.grab(event),
      pointermove: (event) => this.drag(event),
      pointerup: () => this.drop(),
      pointercancel: () => this.drop(),
      keydown: (event) => this.press(event),
      focusin: (event) => this.select(Number(event.target.dataset?.id) || null),
    })) this.svg.addEventListener(type, answer);
  }

  get selected() {
    return this.memory.calipers.find(({ id }) => id === this.memory.selected);
  }

  select(id) {
    this.memory.selected = id;
    this.changed();
  }

  add(x, y) {
    const id = (this.memory.last = (this.memory.last ?? 0) + 1);
    this.memory.calipers.push({ id, x, y, marching: false });
    this.select(id);
    return this.selected;
  }

  // One in the middle of what is seen, for those who cannot drag.
  addInView() {
    const [x, y] = this.chart.middle;
    const caliper = this.add([x, x + START_MM[0]], [y, y + START_MM[1]]);
    this.fit(caliper);
    this.draw();
    this.nodes.get(caliper.id).group.focus();
  }

  remove(caliper) {
    const { calipers } = this.memory;
    const place = calipers.indexOf(caliper);
    calipers.splice(place, 1);
    const next = calipers[Math.min(place, calipers.length - 1)];
    this.select(next?.id ?? null);
    this.draw();
    if (next) this.nodes.get(next.id).group.focus();
    return next;
  }

  clear() {
    this.memory.calipers.length = 0;
    this.select(null);
  }

  march(caliper) {
    if (caliper) caliper.marching = !caliper.marching;
    this.changed();
  }

  grab(event) {
    if (event.button > 0) return;
    event.preventDefault();
    const from = this.chart.mm(this.chart.place(event));
    const id = Number(event.target.closest(".caliper")?.dataset.id) || null;
    const ends = { ...GRIPS, ...KNOBS }[event.target.dataset.grip] ?? null;
    this.select(id);
    const caliper = this.selected;
    if (id) this.nodes.get(id).group.focus({ preventScroll: true });
    else document.activeElement?.closest?.(".caliper")?.blur();
    const { clientX, clientY } = event;
    this.held = { from, caliper, ends, began: [clientX, clientY] };
    if (caliper) this.held.was = { x: [...caliper.x], y: [...caliper.y] };
    this.svg.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (!this.held) return;
    const [x, y] = this.inside(this.chart.mm(this.chart.place(event)));
    const { from, began } = this.held;
    if (!this.held.caliper) {
      if (Math.hypot(event.clientX - began[0], event.clientY - began[1]) < CLICK_PX) return;
      this.held.caliper = this.add([from[0], x], [from[1], y]);
      this.held.ends = { x: 1, y: 1 };
      this.held.was = { x: [...this.held.caliper.x], y: [...this.held.caliper.y] };
    }
    const { caliper, ends, was } = this.held;
    if (ends) {
      if ("x" in ends) caliper.x[ends.x] = x;
      if ("y" in ends) caliper.y[ends.y] = y;
    } else {
      caliper.x = was.x.map((end) => end + x - from[0]);
      caliper.y = was.y.map((end) => end + y - from[1]);
      this.fit(caliper);
    }
    this.changed();
  }

  drop() {
    const caliper = this.held?.caliper;
    this.held = null;
    if (!caliper) return;
    for (const ends of [caliper.x, caliper.y]) ends.sort((one, other) => one - other);
    this.changed();
    this.draw();
    this.nodes.get(caliper.id).group.focus({ preventScroll: true });
  }

  press(event) {
    const caliper = this.selected;
    if (!caliper) return;
    const step = event.shiftKey ? COARSE_MM : event.altKey ? FINEST_MM : FINE_MM;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0] };
    Object.assign(moves, { ArrowDown: [0, -step], ArrowUp: [0, step] });
    if (event.key in moves) this.nudge(caliper, moves[event.key], event.ctrlKey || event.metaKey);
    else if (event.key === "Delete" || event.key === "Backspace") this.remove(caliper) ?? this.ended();
    else if (event.key.toLowerCase() === "m") this.march(caliper);
    else if (event.key.toLowerCase() === "n") this.addInView();
    else if (event.key === "Escape") this.ended();
    else return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit listens for single letters too
  }

  nudge(caliper, [dx, dy], endAlone) {
    const first = endAlone ? 1 : 0;
    for (let end = first; end < 2; end += 1) {
      caliper.x[end] += dx;
      caliper.y[end] += dy;
    }
    if (endAlone) {
      const [x, y] = this.inside([caliper.x[1], caliper.y[1]]);
      caliper.x[1] = Math.max(x, caliper.x[0]);
      caliper.y[1] = Math.max(y, caliper.y[0]);
    } else this.fit(caliper);
    this.changed(this.chart.px([caliper.x[1], caliper.y[1]]));
  }

  inside([x, y]) {
    const { width_mm: width, height_mm: height } = this.chart.geometry;
    return [Math.min(Math.max(x, 0), width), Math.min(Math.max(y, 0), height)];
  }

  // Push a caliper back onto the sheet as a whole.
  fit(caliper) {
    for (const [axis, limit] of [["x", "width_mm"], ["y", "height_mm"]]) {
      const low = Math.min(...caliper[axis]);
      const high = Math.max(...caliper[axis]);
      const over = low < 0 ? -low : Math.min(this.chart.geometry[limit] - high, 0);
      caliper[axis] = caliper[axis].map((end) => end + over);
    }
  }

  // Bring the drawing up to date. Nodes stay: a new one would lose the keyboard's focus.
  draw() {
    if (this.svg.parentNode !== this.chart.box) this.chart.box.append(this.svg);
    this.svg.classList.toggle("on", this.memory.measuring);
    const held = new Set(this.memory.calipers.map(({ id }) => id));
    for (const [id, { group }] of this.nodes) {
      if (held.has(id)) continue;
      group.remove();
      this.nodes.delete(id);
    }
    for (const caliper of this.memory.calipers) {
      if (!this.nodes.has(caliper.id)) this.nodes.set(caliper.id, this.build(caliper.id));
      this.place(caliper, this.nodes.get(caliper.id));
    }
  }

  build(id) {
    const group = make("g", "caliper", this.marks, {
      tabindex: 0, role: "application", "aria-roledescription": say("caliper"), "data-id": id,
    });
    const node = { group, grips: {} };
    for (const name of ["march", "edge"]) node[name] = make("path", name, group);
    node.body = make("rect", "body", group);
    for (const [grip, { cursor }] of Object.entries(GRIPS)) {
      node.grips[grip] = make("path", "grip", group, { "data-grip": grip, style: `cursor: ${cursor}` });
    }
    for (const [grip, { cursor }] of Object.entries(KNOBS)) {
      node.grips[grip] = make("circle", "knob", group, {
        r: 5, "data-grip": grip, style: `cursor: ${cursor}`,
      });
    }
    node.plate = make("rect", "plate", group, { rx: 3, height: 36 });
    node.lines = [make("text", "time", group), make("text", "height", group)];
    return node;
  }

  place(caliper, node) {
    const corners = [0, 1].map((end) => this.chart.px([caliper.x[end], caliper.y[end]]));
    const [left, right] = corners.map(([x]) => x).sort((a, b) => a - b);
    const [top, bottom] = corners.map(([, y]) => y).sort((a, b) => a - b);
    node.group.classList.toggle("selected", caliper.id === this.memory.selected);
    node.edge.setAttribute("d", `M${left} ${top}H${right}V${bottom}H${left}Z`);
    const size = { x: left, y: top, width: right - left, height: bottom - top };
    for (const [key, value] of Object.entries(size)) node.body.setAttribute(key, value);
    const [[x0, y0], [x1, y1]] = corners;
    const sides = { w: `M${x0} ${top}V${bottom}`, e: `M${x1} ${top}V${bottom}` };
    Object.assign(sides, { s: `M${left} ${y0}H${right}`, n: `M${left} ${y1}H${right}` });
    for (const [side, path] of Object.entries(sides)) node.grips[side].setAttribute("d", path);
    for (const [knob, { x, y }] of Object.entries(KNOBS)) {
      node.grips[knob].setAttribute("cx", corners[x][0]);
      node.grips[knob].setAttribute("cy", corners[y][1]);
    }
    node.march.setAttribute("d", caliper.marching ? this.marchPath(caliper) : "");
    this.label(caliper, node, { left, right, top, bottom });
  }

  marchPath(caliper) {
    const [x0, x1] = [...caliper.x].sort((a, b) => a - b);
    const middle = (caliper.y[0] + caliper.y[1]) / 2;
    const [left, right] = this.chart.span(x0, middle);
    const { top, bottom } = this.chart.row(middle);
    const step = x1 - x0;
    if (step < MIN_MARCH_MM) return "";
    const first = Math.ceil((left - x0) / step);
    const last = Math.floor((right - x0) / step);
    let path = "";
    for (let count = first; count <= last; count += 1) {
      const [x, from] = this.chart.px([x0 + count * step, top]);
      const [, to] = this.chart.px([0, bottom]);
      path += `M${x} ${from}V${to}`;
    }
    return path;
  }

  label(caliper, node, { left, right, top, bottom }) {
    const lines = measured(this.chart, caliper);
    const label = say("Caliper {id}: {measured}", { id: caliper.id, measured: lines.join(", ") });
    node.group.setAttribute("aria-label", label);
    node.lines.forEach((line, number) => {
      if (line.textContent === lines[number]) return;
      line.textContent = lines[number];
      node.width = 14 + Math.max(...node.lines.map((text) => text.getComputedTextLength()));
    });
    const { width } = node;
    const rightmost = this.chart.x._offset + this.chart.x._length - width;
    const x = Math.max(0, Math.min((left + right - width) / 2, rightmost));
    const y = top > 44 ? top - 42 : bottom + 6;
    for (const [key, value] of Object.entries({ x, y, width })) node.plate.setAttribute(key, value);
    node.lines.forEach((line, number) => {
      line.setAttribute("x", x + 7);
      line.setAttribute("y", y + 15 + 15 * number);
    });
  }

  stop() {
    this.svg.remove();
  }
}
