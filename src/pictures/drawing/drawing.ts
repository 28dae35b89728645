import { type AdmitDecoding, atOnce, decoding, loadConverter } from '../converter.ts';
import { type Annotations, drawable } from './annotations.ts';
import { basePicture } from './base.ts';
import { fontLettering, type Lettering, xmlText } from './lettering.ts';
import { overlay } from './overlay.ts';
import { pixelLettering } from './pixelFont.ts';

export type DrawingFormat = 'svg' | 'png';
export type Drawing = { contentType: string; body: Buffer };

/**
 * A picture with what was predicted drawn over it, upright, its longest side 480 to 1,600 pixels. An SVG is complete
 * in itself (the picture is a data URI), so it shows in an `<img>`; its words are text, and nothing of it runs.
 */
export async function drawAnnotations(
  bytes: Buffer,
  annotations: Annotations,
  format: DrawingFormat,
  admit: AdmitDecoding = atOnce,
): Promise<Drawing> {
  const drawn = drawable(annotations);
  const { jpeg, ...size } = await basePicture(bytes, admit);
  const frame = (inner: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">${inner}</svg>`;
  if (format === 'svg') {
    const picture = `<image width="${size.width}" height="${size.height}" href="data:image/jpeg;base64,${jpeg.toString('base64')}"/>`;
    return {
      contentType: 'image/svg+xml; charset=utf-8',
      body: Buffer.from(
        frame(
          `<title>${xmlText(titleOf(drawn))}</title>${picture}${await overlay(size, drawn, fontLettering)}`,
        ),
      ),
    };
  }
  const input = Buffer.from(frame(await overlay(size, drawn, await ownLettering())));
  const sharp = await loadConverter();
  const body = await decoding('drawing', () => sharp(jpeg).composite([{ input }]).png().toBuffer());
  return { contentType: 'image/png', body };
}

const titleOf = ({ boxes, captions }: Annotations): string =>
  [...new Set([...boxes, ...captions].map((each) => (typeof each === 'string' ? each : each.tagName)))].join(
    ', ',
  );

let lettering: Promise<Lettering> | undefined;

/** Without fonts every letter is the same empty box, so narrow and wide letters take the same room. */
function ownLettering(): Promise<Lettering> {
  lettering ??= (async () => {
    const sharp = await loadConverter();
    const width = async (text: string) =>
      (
        await sharp({ text: { text, dpi: 300 } })
          .png()
          .toBuffer({ resolveWithObject: true })
      ).info.width;
    try {
      return (await width('iiii')) < (await width('WWWW')) ? fontLettering : pixelLettering;
    } catch {
      return pixelLettering;
    }
  })();
  return lettering;
}
