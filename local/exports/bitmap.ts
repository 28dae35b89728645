import { UndecodableImage } from './predictor.ts';

/** Rows from the top, three bytes (red, green, blue) per pixel. */
export type RawPicture = { data: Uint8Array; width: number; height: number };

const uncompressed = 0;
const bitFields = 3;
/** Red, green and blue masks under which 32-bit bit fields are laid out like uncompressed pixels. */
const usualMasks = [0xff0000, 0xff00, 0xff];

export const isBitmap = (image: Uint8Array) => image[0] === 0x42 && image[1] === 0x4d;

/**
 * Reads a BMP file with 24 or 32 bits per pixel, which the service takes and sharp does not. The fourth byte is no alpha:
 * https://learn.microsoft.com/windows/win32/api/wingdi/ns-wingdi-bitmapinfoheader
 */
export function decodeBitmap(image: Uint8Array, limitPixels: number): RawPicture {
  if (image.length < 54) throw new UndecodableImage(`The BMP header is cut off after ${image.length} bytes.`);
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const start = view.getUint32(10, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (!(bits === 24 && compression === uncompressed) && !(bits === 32 && isPlain(view, compression))) {
    throw new UndecodableImage(
      `Expected a BMP with 24 or 32 uncompressed bits per pixel, but it has ${bits} bits, compression ${compression}.`,
    );
  }
  if (width <= 0 || height === 0 || width * height > limitPixels) {
    throw new UndecodableImage(`The BMP is ${width} × ${height} pixels; the limit is ${limitPixels} pixels.`);
  }
  const step = bits / 8;
  const rowLength = Math.ceil((width * step) / 4) * 4;
  if (start + rowLength * height > image.length)
    throw new UndecodableImage('The BMP is cut off in its pixels.');

  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const stored = signedHeight > 0 ? height - 1 - row : row;
    for (let column = 0; column < width; column++) {
      const from = start + stored * rowLength + column * step;
      const to = (row * width + column) * 3;
      data[to] = image[from + 2] ?? 0;
      data[to + 1] = image[from + 1] ?? 0;
      data[to + 2] = image[from] ?? 0;
    }
  }
  return { data, width, height };
}

const isPlain = (view: DataView, compression: number) =>
  compression === uncompressed ||
  (compression === bitFields &&
    view.byteLength >= 66 &&
    usualMasks.every((mask, i) => view.getUint32(54 + i * 4, true) === mask));
