// The marks of tracks and markers, painted when the map first asks for one. Its name says all:
// 'mark|triangle|#d55e00'.

import type { MarkShape } from './types';

const kPixels = 40;

export function markName(shape: MarkShape, color: string): string {
  return `mark|${shape}|${color}`;
}

/** The picture of a mark or of 'arrow|COLOR'; null for any other name. Twice the size it is drawn. */
export function paintMark(name: string): ImageData | null {
  const [kind, ...rest] = name.split('|');
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = kPixels;
  const context = canvas.getContext('2d');
  if (context === null) return null;
  if (kind === 'mark' && rest.length === 2) {
    outline(context, rest[0] as MarkShape);
    context.fillStyle = rest[1] as string;
    context.strokeStyle = '#ffffff';
    context.lineWidth = 4;
    context.lineJoin = 'round';
    context.stroke();
    context.fill();
  } else if (kind === 'arrow' && rest.length === 1) {
    context.beginPath();
    context.moveTo(14, 10);
    context.lineTo(27, 20);
    context.lineTo(14, 30);
    context.strokeStyle = '#ffffff';
    context.lineWidth = 10;
    context.lineJoin = context.lineCap = 'round';
    context.stroke();
    context.strokeStyle = rest[0] as string;
    context.lineWidth = 5;
    context.stroke();
  } else {
    return null;
  }
  return context.getImageData(0, 0, kPixels, kPixels);
}

function outline(context: CanvasRenderingContext2D, shape: MarkShape): void {
  const middle = kPixels / 2;
  const corners: Record<Exclude<MarkShape, 'circle'>, [number, number][]> = {
    square: [
      [8, 8],
      [32, 8],
      [32, 32],
      [8, 32],
    ],
    triangle: [
      [20, 5],
      [35, 32],
      [5, 32],
    ],
    diamond: [
      [20, 4],
      [36, 20],
      [20, 36],
      [4, 20],
    ],
    cross: [
      [14, 5],
      [26, 5],
      [26, 14],
      [35, 14],
      [35, 26],
      [26, 26],
      [26, 35],
      [14, 35],
      [14, 26],
      [5, 26],
      [5, 14],
      [14, 14],
    ],
    star: Array.from({ length: 10 }, (_, at): [number, number] => {
      const radius = at % 2 === 0 ? 17 : 7.5;
      const angle = (at / 10) * 2 * Math.PI - Math.PI / 2;
      return [middle + radius * Math.cos(angle), middle + radius * Math.sin(angle)];
    }),
  };
  context.beginPath();
  if (shape === 'circle') {
    context.arc(middle, middle, 14, 0, 2 * Math.PI);
  } else {
    for (const [x, y] of corners[shape] ?? corners.square) context.lineTo(x, y);
  }
  context.closePath();
}
