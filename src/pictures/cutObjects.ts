import { type BoundingBox, byProbability, type Prediction } from '../prediction.ts';
import { area, around, bottom, intersection, right } from './boxes.ts';
import { takingTurns } from './turns.ts';

/** A prediction with its box and the part of the picture it was seen in, both in fractions of the picture. */
export type Sighting = { prediction: Prediction; probability: number; box: BoundingBox; seen: BoundingBox };

/** A box that ends this near to the border of its tile, in fractions of the tile, was cut by it. */
const NEAR = 0.02;
/** Pieces of one thing are about as probable, and as wide across the cut. */
const PEER = 0.5;
/** A cut piece that lies so much in a larger box is a piece of that. */
const MOSTLY = 0.7;

/** What a tile’s border cut: pieces in neighbouring tiles become one box, a piece of what is seen whole elsewhere goes. */
export async function mendCuts(sightings: readonly Sighting[]): Promise<Sighting[]> {
  const turn = takingTurns();
  const joined = await joinPieces(sightings);
  const left: Sighting[] = [];
  for (const piece of joined) {
    await turn();
    if (!isCut(piece) || !joined.some((other) => isPieceOf(piece, other))) left.push(piece);
  }
  return left;
}

async function joinPieces(sightings: readonly Sighting[]): Promise<Sighting[]> {
  const turn = takingTurns();
  const joined = sightings.filter((sighting) => !isCut(sighting));
  const rest = byProbability(sightings.filter(isCut));
  for (let piece = rest.shift(); piece; piece = rest.shift()) {
    let next = rest.findIndex(matches(piece));
    while (next >= 0) {
      await turn();
      const [other] = rest.splice(next, 1);
      if (other) piece = join(piece, other);
      next = rest.findIndex(matches(piece));
    }
    joined.push(piece);
    await turn();
  }
  return joined;
}

function join(a: Sighting, b: Sighting): Sighting {
  return { ...a, box: around(a.box, b.box), seen: around(a.seen, b.seen) };
}

const matches =
  (a: Sighting) =>
  (b: Sighting): boolean =>
    a.prediction.tagId === b.prediction.tagId &&
    arePeers(a, b) &&
    (continues(across(a), across(b), sides(a), sides(b)) ||
      continues(across(b), across(a), sides(b), sides(a)) ||
      continues(sides(a), sides(b), across(a), across(b)) ||
      continues(sides(b), sides(a), across(b), across(a)));

const arePeers = (a: Sighting, b: Sighting): boolean =>
  Math.min(a.probability, b.probability) >= PEER * Math.max(a.probability, b.probability);

/** Whether a cut piece is one of something that is seen whole, or more of, elsewhere. */
function isPieceOf(piece: Sighting, other: Sighting): boolean {
  return (
    piece !== other &&
    piece.prediction.tagId === other.prediction.tagId &&
    area(other.box) > area(piece.box) &&
    other.probability >= PEER * piece.probability &&
    area(intersection(piece.box, other.box)) >= MOSTLY * area(piece.box)
  );
}

/** A box and its tile along one axis. */
type Span = { from: number; to: number; seenFrom: number; seenTo: number };
const across = ({ box, seen }: Sighting): Span => ({
  from: box.left,
  to: right(box),
  seenFrom: seen.left,
  seenTo: right(seen),
});
const sides = ({ box, seen }: Sighting): Span => ({
  from: box.top,
  to: bottom(box),
  seenFrom: seen.top,
  seenTo: bottom(seen),
});

const slack = ({ seenFrom, seenTo }: Span): number => NEAR * (seenTo - seenFrom);
/** The picture’s own border, within rounding, cuts nothing that another tile could show. */
const ROUNDING = 1e-9;
const cutAtStart = (span: Span): boolean =>
  span.seenFrom > ROUNDING && span.from <= span.seenFrom + slack(span);
const cutAtEnd = (span: Span): boolean => span.seenTo < 1 - ROUNDING && span.to >= span.seenTo - slack(span);
const isCut = (sighting: Sighting): boolean =>
  [across(sighting), sides(sighting)].some((span) => cutAtStart(span) || cutAtEnd(span));

/** Whether one thing goes through the strip that both tiles show: from the first’s box into the second’s. */
function continues(first: Span, second: Span, firstBeside: Span, secondBeside: Span): boolean {
  const inStrip = second.seenFrom < first.seenTo;
  const through =
    cutAtEnd(first) &&
    cutAtStart(second) &&
    first.from <= second.seenFrom + slack(second) &&
    second.to >= first.seenTo - slack(first);
  const common = Math.min(firstBeside.to, secondBeside.to) - Math.max(firstBeside.from, secondBeside.from);
  const together = Math.max(firstBeside.to, secondBeside.to) - Math.min(firstBeside.from, secondBeside.from);
  return inStrip && through && common >= PEER * together;
}
