// Draws the moving vehicles over the map, frame by frame: a canvas costs nothing that a map's
// sources cost, however long the trajectory is.

import type { Position } from '../../api/types';
import { markName, paintMark } from '../../map/marks';
import { tailOf, whereaboutsAt } from './track';
import type { LoadedVehicle } from './tracks.svelte';

export interface Scene {
  vehicles: readonly LoadedVehicle[];
  time: number;
  /** Seconds of the way behind a vehicle that are drawn bright. */
  tailS: number;
  /** Vehicles stand at the camera that they passed last. */
  isStill: boolean;
  project: (place: Position) => { x: number; y: number };
  ink: string;
  halo: string;
  font: string;
  words: { stopped: string; lastSeen: string };
}

const pictures = new Map<string, HTMLCanvasElement>();

function pictureOf(name: string): HTMLCanvasElement | null {
  const known = pictures.get(name);
  if (known !== undefined) return known;
  const data = paintMark(name);
  if (data === null) return null;
  const canvas = document.createElement('canvas');
  canvas.width = data.width;
  canvas.height = data.height;
  canvas.getContext('2d')?.putImageData(data, 0, 0);
  pictures.set(name, canvas);
  return canvas;
}

export function paintScene(context: CanvasRenderingContext2D, scene: Scene): void {
  for (const vehicle of scene.vehicles) paintTail(context, vehicle, scene);
  scene.vehicles.forEach((vehicle, index) => paintVehicle(context, vehicle, index, scene));
}

function paintTail(context: CanvasRenderingContext2D, vehicle: LoadedVehicle, scene: Scene) {
  if (scene.isStill) return;
  const { track, color, dashed } = vehicle;
  if (whereaboutsAt(track, scene.time).state !== 'driving') return;
  const tail = tailOf(track, scene.time, scene.tailS);
  context.beginPath();
  for (const place of tail) {
    const { x, y } = scene.project(place);
    context.lineTo(x, y);
  }
  context.lineJoin = context.lineCap = 'round';
  context.setLineDash([]);
  context.strokeStyle = scene.halo;
  context.lineWidth = 10;
  context.stroke();
  context.setLineDash(dashed ? [10, 8] : []);
  context.lineCap = dashed ? 'butt' : 'round';
  context.strokeStyle = color;
  context.lineWidth = 6;
  context.stroke();
  context.setLineDash([]);
}

/** Labels of vehicles that are at one place stand on different sides of it. */
const kSides: { align: CanvasTextAlign; x: number; y: number }[] = [
  { align: 'center', x: 0, y: -20 },
  { align: 'center', x: 0, y: 28 },
  { align: 'left', x: 19, y: 5 },
  { align: 'right', x: -19, y: 5 },
  { align: 'center', x: 0, y: -36 },
  { align: 'center', x: 0, y: 44 },
];

function paintVehicle(
  context: CanvasRenderingContext2D,
  { track, color, shape }: LoadedVehicle,
  index: number,
  scene: Scene,
) {
  const where = whereaboutsAt(track, scene.time);
  const picture = pictureOf(markName(shape, color));
  if (where.state === 'before' || picture === null) return;
  const place = scene.isStill
    ? { lon: track.lons[where.last] as number, lat: track.lats[where.last] as number }
    : where.place;
  const { x, y } = scene.project(place);
  const isMoving = where.state === 'driving';
  const size = isMoving ? 32 : 24;
  context.globalAlpha = isMoving ? 1 : 0.7;
  context.drawImage(picture, x - size / 2, y - size / 2, size, size);
  context.globalAlpha = 1;
  const note = isMoving
    ? ''
    : ` · ${where.state === 'resting' ? scene.words.stopped : scene.words.lastSeen}`;
  const side = kSides[index % kSides.length] as (typeof kSides)[number];
  context.font = scene.font;
  context.textAlign = side.align;
  context.lineJoin = 'round';
  context.strokeStyle = scene.halo;
  context.lineWidth = 4;
  context.strokeText(track.plate + note, x + side.x, y + side.y);
  context.fillStyle = scene.ink;
  context.fillText(track.plate + note, x + side.x, y + side.y);
}
