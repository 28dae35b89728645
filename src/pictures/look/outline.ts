import { KeylessError } from '../../errors/errors.ts';
import type { Size } from '../limits.ts';

/** How a picture’s pixels are turned and mirrored, EXIF 2.32, 4.6.4. */
export const UPRIGHT = 1;

/** What the walk tells of the memory that decoding takes. */
export type Decoded = {
  /** Of all components of a JPEG, for each of its pixels: 1.5 with the usual halved colours. */
  samples?: number;
  /** Of a JPEG without EXIF, whose header tells all that the converter would read in it. */
  jpeg?: { channels: 1 | 3 | 4; isProgressive: boolean };
  /** Whether a WebP is stored without loss. */
  lossless?: boolean;
  /** What a decoder has in memory of a TIFF at once besides rows: tiles side by side, or planes. */
  blockBytes?: number;
  /** Where the first directory of a TIFF holds a smaller version: which of its subdirectories, or of the pages, the picture is. */
  subdirectory?: number;
  page?: number;
  /** How long the copy is that is decoded in place of the file. */
  copyBytes?: number;
  /** Whether a bitmap comes in runs, which are numbers of colours first. */
  indexed?: boolean;
};

/** What a walk over the structure of a file tells; nothing is decoded. */
export type Outline = {
  /** As stored. Undefined where no header tells it. */
  size?: Size | undefined;
  /** EXIF, 1 to 8. */
  orientation: number;
  /**
   * `seen`: the mark that ends the picture is there. `open`: it is not, but decoders can do without; only decoding tells
   * whether anything else is missing. `early`: the file ends before any decoder has what it needs.
   */
  end: 'seen' | 'open' | 'early';
  decoded?: Decoded;
};

/** Throws where a file has more of some part than a picture of 32 MiB would, so that no walk takes long. */
export function checkCount(count: number, most: number, parts: string): void {
  if (count <= most) return;
  throw new KeylessError(
    'ImageUndecodable',
    `Expected a picture of at most ${most.toLocaleString('en')} ${parts}, got one of more.`,
  );
}
