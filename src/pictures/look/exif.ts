import { readDirectory } from './directory.ts';

/** How a picture’s pixels are turned and mirrored, EXIF 2.32, 4.6.4; 1 is upright. */
export const UPRIGHT = 1;
export const ORIENTATION = 0x0112;

/** The orientation, 1 to 8, that an EXIF block tells, which is a small TIFF; 1 where it tells none, or none that can be read. */
export function orientationOf(exif: Buffer): number {
  const told = readDirectory(exif)?.entries.get(ORIENTATION)?.at(0) ?? UPRIGHT;
  return told >= 1 && told <= 8 ? told : UPRIGHT;
}
