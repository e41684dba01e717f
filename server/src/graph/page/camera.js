"use strict";

// Where the eye is: a point of the graph in the corner of the stage, and a scale. Moved by wheel,
// pinch, drag and by whoever asks; tells `changed` once for each frame at most,
// and once more when it has come to rest.

const CLOSEST = 3;
const FARTHEST = 0.02;
/** Pixels that a pointer may tremble in a click. */
const CLICK_SLACK = 4;
const GLIDE_MS = 240;
const REST_MS = 140;

class Camera {
  constructor(element, changed) {
    this.element = element;
    this.changed = changed;
    this.x = 0;
    this.y = 0;
    this.scale = 1;
    /** Nobody moved it since it showed everything: it goes on doing so when the stage grows. */
    this.fits = true;
    this.moves = false;
    this.dragged = false;
    this.pointers = new Map();
    this.frame = 0;
    this.glide = 0;
    element.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    element.addEventListener("pointerdown", (event) => this.onDown(event));
    element.addEventListener("pointermove", (event) => this.onMove(event));
    for (const type of ["pointerup", "pointercancel"]) {
      element.addEventListener(type, (event) => this.onUp(event));
    }
    // A card is a link, and a link would be dragged as such.
    element.addEventListener("dragstart", (event) => event.preventDefault());
  }

  get size() {
    return { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  set(x, y, scale, { moves = true } = {}) {
    this.scale = Math.min(CLOSEST, Math.max(FARTHEST, scale));
    this.x = x;
    this.y = y;
    this.moves = moves;
    clearTimeout(this.resting);
    if (moves) this.resting = setTimeout(() => this.rest(), REST_MS);
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.changed();
    });
  }

  rest() {
    if (this.glide) return;
    this.moves = false;
    this.changed();
  }

  panBy(dx, dy) {
    this.stop();
    this.fits = false;
    this.set(this.x + dx, this.y + dy, this.scale);
  }

  /** Zooms so that what is at the pixel stays there; without a pixel the middle does. */
  zoomBy(factor, px = this.size.width / 2, py = this.size.height / 2) {
    this.stop();
    this.fits = false;
    const scale = Math.min(CLOSEST, Math.max(FARTHEST, this.scale * factor));
    const ratio = scale / this.scale;
    this.set(px - (px - this.x) * ratio, py - (py - this.y) * ratio, scale);
  }

  /** What of the stage is free of what floats over it. */
  get room() {
    const { width, height } = this.size;
    const [side, top, bottom] = [Math.min(56, width / 10), Math.min(52, height / 6), Math.min(28, height / 10)];
    return { left: side, right: width - side, top, bottom: height - bottom };
  }

  /** The scale at which the whole box is seen: never larger than life. */
  scaleToFit(box) {
    const { left, right, top, bottom } = this.room;
    const across = (right - left) / Math.max(1, box.right - box.left);
    const down = (bottom - top) / Math.max(1, box.bottom - box.top);
    return Math.min(1, across, down);
  }

  /** Shows the whole box. */
  fit(box, { glide = true } = {}) {
    const { left, right, top, bottom } = this.room;
    if (!box || right <= left || bottom <= top) return;
    const scale = this.scaleToFit(box);
    this.goTo(
      (left + right) / 2 - ((box.left + box.right) / 2) * scale,
      (top + bottom) / 2 - ((box.top + box.bottom) / 2) * scale,
      scale,
      glide,
    );
  }

  /** Brings the box into the middle, close enough to be read. */
  center(box, { scale = Math.max(this.scale, 0.9), glide = true } = {}) {
    this.fits = false;
    const { width, height } = this.size;
    this.goTo(
      width / 2 - ((box.left + box.right) / 2) * scale,
      height / 2 - ((box.top + box.bottom) / 2) * scale,
      scale,
      glide,
    );
  }

  /** Moves no more than needed for the box to be seen. */
  reveal(box, margin = 60) {
    const { width, height } = this.size;
    const shift = (low, high, room) => {
      const edge = Math.min(margin, room / 4);
      if (high - low > room - 2 * edge) return room / 2 - (low + high) / 2;
      return Math.max(0, edge - low) + Math.min(0, room - edge - high);
    };
    const dx = shift(box.left * this.scale + this.x, box.right * this.scale + this.x, width);
    const dy = shift(box.top * this.scale + this.y, box.bottom * this.scale + this.y, height);
    if (dx === 0 && dy === 0) return;
    this.fits = false;
    this.goTo(this.x + dx, this.y + dy, this.scale, true);
  }

  goTo(x, y, scale, glide) {
    this.stop();
    if (!glide || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.set(x, y, scale, { moves: false });
      return;
    }
    const from = { x: this.x, y: this.y, scale: this.scale };
    const start = performance.now();
    const step = (now) => {
      const done = Math.min(1, Math.max(0, (now - start) / GLIDE_MS));
      const eased = 1 - (1 - done) ** 3;
      const at = (a, b) => a + (b - a) * eased;
      this.glide = done < 1 ? requestAnimationFrame(step) : 0;
      this.set(at(from.x, x), at(from.y, y), at(from.scale, scale));
    };
    this.glide = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.glide);
    this.glide = 0;
  }

  pixel(event) {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  onWheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 400 : 1;
    const dx = event.deltaX * unit;
    const dy = event.deltaY * unit;
    if (event.shiftKey) {
      this.panBy(-(dx || dy), 0);
      return;
    }
    const { x, y } = this.pixel(event);
    // A pinch comes as a wheel with Ctrl, in far smaller steps.
    const rate = event.ctrlKey ? 0.01 : 0.0016;
    this.zoomBy(Math.exp(-Math.max(-300, Math.min(300, dy)) * rate), x, y);
  }

  onDown(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, this.pixel(event));
    if (this.pointers.size === 1) {
      this.dragged = false;
      this.pressed = this.pixel(event);
    }
  }

  onMove(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    if (event.buttons === 0) {
      // The button was let go where nobody told us.
      this.onUp(event);
      return;
    }
    const now = this.pixel(event);
    if (this.pointers.size === 1) {
      if (!this.dragged) {
        if (Math.hypot(now.x - this.pressed.x, now.y - this.pressed.y) < CLICK_SLACK) return;
        this.dragged = true;
        // Not before: a captured pointer's click would miss the card under it.
        this.element.setPointerCapture(event.pointerId);
        this.element.classList.add("dragging");
      }
      this.panBy(now.x - before.x, now.y - before.y);
    } else if (this.pointers.size === 2) {
      this.dragged = true;
      const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const spread = (at) => Math.hypot(at.x - other.x, at.y - other.y);
      this.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
      if (spread(before) > 0) {
        this.zoomBy(spread(now) / spread(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
      }
    }
    this.pointers.set(event.pointerId, now);
  }

  onUp(event) {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size === 0) this.element.classList.remove("dragging");
  }
}
