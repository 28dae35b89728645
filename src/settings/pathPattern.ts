import { type Problems, shown } from './problem.ts';

/**
 * Patterns of picture names. `?` is one character but the slash, `*` any number of them, `**` between slashes any number
 * of segments, `[a-z]` one of these characters, `[^a-z]` one of the others, `{jpg,png}` either.
 *
 * Names are others’ to choose, so a match takes time in proportion to pattern and name, which no library promises: they
 * make regular expressions of patterns, and of 800 hyphens `*-*-*-*.jpg` takes one of those 20 s.
 */
export type PathPattern = (name: string) => boolean;

/** Beyond these a name of 1,024 characters could take more than 50 ms. */
const LONGEST = 256;
const MOST_ALTERNATIVES = 32;

type Token = '*' | ((character: string) => boolean);
type Segment = readonly Token[] | typeof ANY_SEGMENTS;
/** Stands for `**` once that is told from two stars, which braces may bring together. No name holds it. */
const ANY_SEGMENTS = '\0';

/** Tells each pattern of a setting that none can be read of. */
export function checkPatterns(setting: string, patterns: readonly string[], problem: Problems): void {
  for (const pattern of patterns) {
    try {
      readPathPattern(pattern);
    } catch (error) {
      const why = (error as SyntaxError).message;
      const expected = `patterns of names such as orchard/tree-7.jpg; ${why}`;
      problem({ setting, expected, got: shown(pattern) });
    }
  }
}

/** Throws a SyntaxError that says what cannot stand in a pattern. */
export function readPathPattern(text: string): PathPattern {
  if (text.length > LONGEST) throw new SyntaxError(`a pattern has ${LONGEST} characters at most`);
  if (text !== text.trim()) throw new SyntaxError('a blank at either end is part of the pattern');
  if (text.startsWith('!'))
    throw new SyntaxError('nothing can be excepted with !: name what goes to this model');
  if (/[\]}]\+/u.test(text)) throw new SyntaxError('a plus cannot follow ] or }: write ? in its place');
  const marked = text.replaceAll(/(?<=^|\/)\*\*(?:\/\*\*)*(?=\/|$)/gu, ANY_SEGMENTS);
  if (marked.includes('**'))
    throw new SyntaxError('** stands between slashes alone: within a segment one * will do');
  const patterns = expandBraces(marked).map(readSegments);
  const least = marked.endsWith(`*/${ANY_SEGMENTS}`) ? 1 : 0;
  return (name) => {
    const segments = name.split('/').map((segment) => [...segment]);
    return patterns.some((pattern) => matches(pattern, segments, least));
  };
}

/** `a{b,c}` is `ab` and `ac`. */
function expandBraces(text: string): string[] {
  const [before = ''] = text.split(/[{}]/u, 1);
  if (before === text) return [text];
  const { words, after } = readBraces(text.slice(before.length));
  const [inside, rest] = [words.flatMap(expandBraces), expandBraces(after)];
  if (inside.length * rest.length > MOST_ALTERNATIVES)
    throw new SyntaxError(`braces make ${MOST_ALTERNATIVES} patterns of one at most: give several`);
  return inside.flatMap((word) => rest.map((end) => before + word + end));
}

/** The words of the braces that a text begins with. */
function readBraces(text: string): { words: string[]; after: string } {
  const words: string[] = [];
  let depth = 0;
  let from = 1;
  for (const { index, 0: sign } of text.matchAll(/[{},]/gu)) {
    if (sign === '{') depth += 1;
    else if (depth === 1) {
      words.push(text.slice(from, index));
      from = index + 1;
    }
    if (sign === '}') depth -= 1;
    if (depth === 0) break;
  }
  if (depth !== 0 || words.length < 2)
    throw new SyntaxError('braces hold two words or more with commas between them: {jpg,png}');
  if (words.some((word) => word.includes(ANY_SEGMENTS) || word.includes('..')))
    throw new SyntaxError('braces hold neither ** nor a range: give several patterns');
  return { words, after: text.slice(from) };
}

function readSegments(text: string): Segment[] {
  const segments = text.split('/');
  if (segments[0] === '' || segments.at(-1) === '')
    throw new SyntaxError('no name begins with a slash or ends with one');
  if (segments.some((segment) => segment === '.' || segment === '..'))
    throw new SyntaxError('no name has a segment . or ..');
  return segments.map((segment) => (segment === ANY_SEGMENTS ? segment : readSegment(segment)));
}

function readSegment(text: string): Token[] {
  if (/["\\|()]/u.test(text))
    throw new SyntaxError(
      'quotes, backslashes, bars and parentheses stand for nothing here: write ? for one',
    );
  return [...text.matchAll(/\[([^\]]*)\]|./gsu)].map(([sign, inside]) => {
    if (inside !== undefined) return readBrackets(inside);
    if (sign === '[' || sign === ']') throw new SyntaxError('a bracket has no other end');
    if (sign === '?') return () => true;
    return sign === '*' ? sign : (character: string) => character === sign;
  });
}

function readBrackets(text: string): Token {
  const inside = text.replace(/^\^/u, '');
  const ranges = [...inside.matchAll(/(.)-(.)|./gsu)].map(([one, from = one, to = one]) => ({ from, to }));
  if (!/^[\p{L}\p{N}_. -]+$/u.test(inside) || ranges.some(({ from, to }) => from > to)) {
    throw new SyntaxError(
      'brackets hold letters, digits, blanks, . _ - and ranges such as a-z, after ^ those they leave out',
    );
  }
  const among = (character: string) => ranges.some(({ from, to }) => from <= character && character <= to);
  return inside === text ? among : (character) => !among(character);
}

/**
 * Keeps, part by part of the pattern, after how many segments of the name it can stand. Two stars at the end stand for
 * `least` segments: what `*` is followed by lies in a folder, where `a/` and two stars are a picture named `a` too.
 */
function matches(pattern: readonly Segment[], name: readonly string[][], least: number): boolean {
  let reached = [0];
  for (const [index, segment] of pattern.entries()) {
    if (segment === ANY_SEGMENTS) {
      const first = (reached[0] ?? name.length + 1) + (index === pattern.length - 1 ? least : 0);
      reached = Array.from({ length: Math.max(0, name.length + 1 - first) }, (_, more) => first + more);
    } else reached = reached.filter((at) => matchesSegment(segment, name[at])).map((at) => at + 1);
  }
  return reached.includes(name.length);
}

/** Where it fails, only the last star can still help, by taking one character more. */
function matchesSegment(tokens: readonly Token[], characters: readonly string[] | undefined): boolean {
  if (!characters) return false;
  let [at, character] = [0, 0];
  let last: { star: number; upTo: number } | undefined;
  while (character < characters.length) {
    const token = tokens[at];
    if (token === '*') {
      last = { star: at, upTo: character };
      at += 1;
    } else if (token?.(characters[character] ?? '')) {
      at += 1;
      character += 1;
    } else if (last) {
      last.upTo += 1;
      character = last.upTo;
      at = last.star + 1;
    } else return false;
  }
  return tokens.slice(at).every((token) => token === '*');
}
