// The sheet as Plotly shows it at this moment: millimetres of paper <-> pixels of the chart.
class Chart {
  constructor(key) {
    this.key = key;
  }

  // Look for the chart anew: Streamlit and Plotly may have replaced any part of it.
  find() {
    const room = document.querySelector(`.st-key-${this.key}`);
    const plot = room?.querySelector(".js-plotly-plot");
    const box = plot?.querySelector(".svg-container");
    const full = plot?._fullLayout;
    const geometry = plot?.layout?.meta;
    if (!box || !full?.xaxis?._length || !geometry?.rows) return false;
    Object.assign(this, { room, plot, box, geometry, x: full.xaxis, y: full.yaxis });
    return true;
  }

  // What is measured on one sheet has no meaning on another.
  get sheet() {
    return JSON.stringify(this.geometry);
  }

  get view() {
    return [this.x, this.y].flatMap((axis) => [...axis.range, axis._offset, axis._length]).join();
  }

  px([x, y]) {
    const along = (x - this.x.range[0]) / (this.x.range[1] - this.x.range[0]);
    const down = (this.y.range[1] - y) / (this.y.range[1] - this.y.range[0]);
    return [
      this.x._offset + along * this.x._length,
      this.y._offset + down * this.y._length,
    ];
  }

  mm([x, y]) {
    const along = (x - this.x._offset) / this.x._length;
    const down = (y - this.y._offset) / this.y._length;
    return [
      this.x.range[0] + along * (this.x.range[1] - this.x.range[0]),
      this.y.range[1] - down * (this.y.range[1] - this.y.range[0]),
    ];
  }

  // Where an event happened, in pixels of the chart.
  place(event) {
    const seen = this.box.getBoundingClientRect();
    const scale = seen.width / this.box.offsetWidth;
    return [(event.clientX - seen.left) / scale, (event.clientY - seen.top) / scale];
  }

  get middle() {
    return this.mm([
      this.x._offset + this.x._length / 2,
      this.y._offset + this.y._length / 2,
    ]);
  }

  row(y) {
    const rows = this.geometry.rows;
    const off = (row) => Math.max(row.bottom - y, y - row.top, 0);
    return rows.reduce((best, row) => (off(row) < off(best) ? row : best));
  }

  // The stretch of continuous time that x lies in, of the row at this height.
  span(x, y) {
    const spans = this.row(y).spans;
    return spans.findLast(([left]) => left <= x) ?? spans[0];
  }
}
