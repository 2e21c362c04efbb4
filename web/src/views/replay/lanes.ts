// The lanes of the timeline, painted anew only when the window or the vehicles change.

import type { Meeting } from './meetings';
import type { LoadedVehicle } from './tracks.svelte';

export interface Lanes {
  vehicles: readonly LoadedVehicle[];
  meetings: readonly Meeting[];
  xOf: (time: number) => number;
  width: number;
  /** Height of a lane. */
  lane: number;
  isDark: boolean;
}

const kPad = 4;

export function paintLanes(context: CanvasRenderingContext2D, lanes: Lanes): void {
  const { vehicles, xOf, width, lane, isDark } = lanes;
  context.clearRect(0, 0, width, context.canvas.height);
  vehicles.forEach(({ track, color, dashed }, index) => {
    const top = kPad + index * lane;
    const middle = top + lane / 2;
    context.fillStyle = color;
    for (const { from, to } of track.trips) {
      const left = xOf(from);
      const right = Math.max(xOf(to), left + 2);
      if (right < 0 || left > width) continue;
      context.globalAlpha = 0.4;
      if (dashed) {
        context.fillRect(left, middle - 4, right - left, 3);
        context.fillRect(left, middle + 1, right - left, 3);
      } else {
        context.fillRect(left, middle - 4, right - left, 8);
      }
    }
    context.globalAlpha = 1;
    let last = -2;
    for (const { time } of track.readings) {
      const x = xOf(time);
      // What would be drawn over the same pixel says nothing more.
      if (x < -1 || x > width + 1 || x - last < 1) continue;
      context.fillRect(x - 0.75, middle - 6, 1.5, 12);
      last = x;
    }
  });
  paintMeetings(context, lanes, isDark ? '#ffffff' : '#17212b');
}

/** A line from lane to lane, with a ring at both ends. */
function paintMeetings(context: CanvasRenderingContext2D, lanes: Lanes, ink: string) {
  const { meetings, xOf, width, lane } = lanes;
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const { first, second, time, otherTime } of meetings) {
    const from = { x: xOf(time), y: kPad + (first + 0.5) * lane };
    const to = { x: xOf(otherTime), y: kPad + (second + 0.5) * lane };
    if (to.x < 0 || from.x > width) continue;
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    for (const { x, y } of [from, to]) {
      context.moveTo(x + 3, y);
      context.arc(x, y, 3, 0, 2 * Math.PI);
    }
  }
  context.stroke();
}
