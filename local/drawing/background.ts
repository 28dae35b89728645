import { between, type Random, wholeBelow } from './random.ts';
import { hsl } from './shape.ts';

/** SVG behind the fruits: a gradient, sometimes stripes, and up to five shapes that are no fruit. */
export function background(random: Random, size: number): string {
  const hue = random() * 360;
  const saturation = between(random, 0, 45);
  const lightness = between(random, 25, 92);
  const turn = (random() * 90).toFixed(0);
  const far = hsl(hue + between(random, -40, 40), saturation, lightness + between(random, -18, 18));
  const parts = [
    `<defs><linearGradient id="back" gradientTransform="rotate(${turn})">`,
    `<stop stop-color="${hsl(hue, saturation, lightness)}"/><stop offset="1" stop-color="${far}"/>`,
    '</linearGradient></defs><rect width="100%" height="100%" fill="url(#back)"/>',
  ];
  if (random() < 0.3) {
    const count = 3 + wholeBelow(random, 7);
    for (let i = 0; i < count; i++) {
      const colour = hsl(hue, saturation, lightness + between(random, -12, 12));
      const y = ((i / count) * size).toFixed(0);
      const width = ((size / count) * 0.4).toFixed(0);
      parts.push(`<path d="M0 ${y}H${size}" stroke="${colour}" stroke-width="${width}"/>`);
    }
  }
  for (let left = wholeBelow(random, 6); left > 0; left--) parts.push(clutter(random, size));
  return parts.join('');
}

function clutter(random: Random, size: number): string {
  const x = random() * size;
  const y = random() * size;
  const reach = between(random, 0.05, 0.28) * size;
  const colour = hsl(random() * 360, between(random, 10, 90), between(random, 20, 85));
  const turned = `transform="rotate(${(random() * 360).toFixed(0)} ${x.toFixed(0)} ${y.toFixed(0)})" fill="${colour}"`;
  const kind = random();
  const n = (value: number) => value.toFixed(1);
  if (kind < 0.35) {
    const height = reach * between(random, 0.3, 1);
    return `<rect x="${n(x - reach / 2)}" y="${n(y - reach / 2)}" width="${n(reach)}" height="${n(height)}" ${turned}/>`;
  }
  if (kind < 0.6) {
    return `<path d="M${n(x)} ${n(y - reach / 2)}L${n(x + reach / 2)} ${n(y + reach / 2)}H${n(x - reach / 2)}Z" ${turned}/>`;
  }
  if (kind < 0.8) {
    const ry = reach * between(random, 0.1, 0.25);
    return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(reach / 2)}" ry="${n(ry)}" ${turned}/>`;
  }
  const by = (limit: number) => n(between(random, -limit, limit));
  const curve = `q${by(reach)} ${by(reach)} ${by(2 * reach)} ${by(reach)}`;
  const width = n(between(random, 1, size / 25));
  return `<path d="M${n(x)} ${n(y)}${curve}" stroke="${colour}" stroke-width="${width}" fill="none"/>`;
}
