const SIDE = 64;
const HEADER_BYTES = 54;

/**
 * A picture of 12 kB, drawn here: a disc on a plain ground, as an uncompressed bitmap
 * (https://learn.microsoft.com/windows/win32/gdi/bitmap-storage).
 */
export const samplePicture = (): Buffer => drawn([40, 50, 200], [220, 225, 230]);

/** Pictures as different as can be: red on grey, a dark, a bright and a coloured one. */
export const samplePictures = (): Buffer[] => [
  samplePicture(),
  drawn([0, 0, 0], [20, 10, 0]),
  drawn([255, 255, 255], [240, 255, 250]),
  drawn([30, 200, 60], [200, 40, 20]),
];

type Colour = [blue: number, green: number, red: number];

function drawn(disc: Colour, ground: Colour): Buffer {
  const rowBytes = SIDE * 3; // a multiple of four, as rows must be
  const file = Buffer.alloc(HEADER_BYTES + rowBytes * SIDE);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(HEADER_BYTES, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(SIDE, 18);
  file.writeInt32LE(SIDE, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const inside = Math.hypot(x - SIDE / 2, y - SIDE / 2) < SIDE / 3;
      const [blue, green, red] = inside ? disc : ground;
      file.set([blue, green, red], HEADER_BYTES + y * rowBytes + x * 3);
    }
  }
  return file;
}
