import { background } from './background.ts';
import { fruits, type TagName, tagNames } from './fruits.ts';
import { between, pickOne, type Random, seededRandom } from './random.ts';
import { area, bounds, commonArea, move, type Point, type Rectangle, rotate, type Shape } from './shape.ts';

/** Where a fruit is: fractions (0..1) of the picture, tight around its outline. */
export type DrawnBox = Rectangle & { tagName: TagName };

export type Scene = { svg: string; boxes: DrawnBox[] };

export type SceneOptions = {
  /** Width and height in pixels. */
  size: number;
  /** How many fruits to place; fewer are placed when there is no room left. */
  count: number;
  /** Smallest and largest fruit, as a share of the picture. */
  scale: readonly [smallest: number, largest: number];
  /** Which fruits may appear; all five when left out. */
  tagNames?: readonly TagName[];
};

const mostTries = 40;
const mostOverlap = 0.12;

/** Fruits over a busy background. Picture and boxes come from the same points, so the boxes are exact. */
export function drawScene(seed: number, options: SceneOptions): Scene {
  const random = seededRandom(seed);
  const { size, count } = options;
  const boxes: DrawnBox[] = [];
  const parts = [background(random, size)];
  for (let tries = 0; boxes.length < count && tries < mostTries; tries++) {
    const fruit = growFruit(random, options);
    const room = bounds(fruit.shapes.flatMap((shape) => shape.points));
    if (Math.max(room.width, room.height) > size * 0.98) continue;
    const by: Point = [
      between(random, -room.left, size - room.left - room.width),
      between(random, -room.top, size - room.top - room.height),
    ];
    const place = { ...room, left: room.left + by[0], top: room.top + by[1] };
    const box = { tagName: fruit.tagName, ...scaled(place, 1 / size) };
    if (boxes.some((other) => commonArea(other, box) > mostOverlap * Math.min(area(other), area(box))))
      continue;
    boxes.push(box);
    parts.push(paint(random, fruit, by, place));
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">${parts.join('')}</svg>`;
  return { svg, boxes };
}

type Fruit = { tagName: TagName; shapes: Shape[]; unit: number };

/** One fruit around the origin, in pixels: turned, perhaps mirrored, a little stretched. */
function growFruit(random: Random, options: SceneOptions): Fruit {
  const tagName = pickOne(random, options.tagNames ?? tagNames);
  const unit = (between(random, ...options.scale) * options.size) / 2;
  const angle = between(random, -1, 1) * (random() < 0.3 ? Math.PI : 0.6);
  const mirror = random() < 0.5 ? -1 : 1;
  const stretch = between(random, 0.84, 1.19);
  const put = ([x, y]: Point) => rotate([x * mirror * stretch * unit, (y * unit) / stretch], angle);
  const shapes = fruits[tagName](random).map((shape) => ({ ...shape, points: shape.points.map(put) }));
  return { tagName, shapes, unit };
}

/** SVG of one fruit moved `by`, sometimes with a shadow, an outline and a highlight. */
function paint(random: Random, { shapes, unit }: Fruit, by: Point, place: Rectangle): string {
  const n = (value: number) => value.toFixed(1);
  const ellipse = (x: number, y: number, rx: number, ry: number, look: string) =>
    `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" ${look}/>`;
  const parts: string[] = [];
  if (random() < 0.5) {
    const x = place.left + place.width / 2;
    const y = place.top + place.height;
    parts.push(ellipse(x, y, place.width * 0.45, unit * 0.12, 'fill="#000" opacity="0.25"'));
  }
  const outline = random() < 0.4 ? ` stroke="#0005" stroke-width="${n(unit * 0.04)}"` : '';
  for (const { points, fill, stroke } of shapes) {
    const path = `M${points
      .map((point) => move(point, by))
      .map(([x, y]) => `${n(x)} ${n(y)}`)
      .join('L')}`;
    parts.push(
      stroke === undefined
        ? `<path d="${path}Z" fill="${fill}"${outline}/>`
        : `<path d="${path}" fill="none" stroke="${fill}" stroke-width="${n(stroke * unit)}" stroke-linecap="round" stroke-linejoin="round"/>`,
    );
  }
  if (random() < 0.6) {
    const x = place.left + place.width * 0.4;
    const y = place.top + place.height * 0.45;
    parts.push(ellipse(x, y, unit * 0.14, unit * 0.09, 'fill="#fff" opacity="0.45"'));
  }
  return parts.join('');
}

const scaled = (box: Rectangle, by: number): Rectangle => ({
  left: box.left * by,
  top: box.top * by,
  width: box.width * by,
  height: box.height * by,
});
