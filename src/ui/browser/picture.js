import { element } from './elements.js';

/**
 * Shows an image from memory and gives the memory back as soon as it is drawn.
 * @param {Blob} blob
 * @param {string} alt
 * @param {() => void} [onUnreadable] the browser cannot draw it
 */
export function showBlob(blob, alt, onUnreadable) {
  const address = URL.createObjectURL(blob);
  const image = element('img', { alt, decoding: 'async' });
  const release = () => URL.revokeObjectURL(address);
  image.addEventListener('load', release, { once: true });
  image.addEventListener(
    'error',
    () => {
      release();
      onUnreadable?.();
    },
    { once: true },
  );
  image.src = address;
  return image;
}
