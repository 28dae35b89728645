import { byId } from './elements.js';

/**
 * The ways in: chosen, dropped anywhere on the page, pasted.
 * @param {(files: File[]) => void} onFiles
 */
export function acceptPictures(onFiles) {
  const input = byId('files', HTMLInputElement);
  const zone = byId('drop-zone', HTMLElement);
  /** @param {FileList | null | undefined} list */
  const take = (list) => {
    const files = [...(list ?? [])];
    if (files.length > 0) onFiles(files);
    return files.length > 0;
  };

  byId('choose', HTMLButtonElement).addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    take(input.files);
    input.value = ''; // so that the same picture can be chosen again
  });
  document.addEventListener('paste', (event) => {
    if (take(event.clipboardData?.files)) event.preventDefault();
  });

  // The whole page takes drops: a picture dropped beside the zone would otherwise replace the page.
  const hold = (/** @type {DragEvent} */ event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    zone.toggleAttribute('data-over', true);
  };
  document.addEventListener('dragenter', hold);
  document.addEventListener('dragover', hold);
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) zone.removeAttribute('data-over');
  });
  document.addEventListener('drop', (event) => {
    zone.removeAttribute('data-over');
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    take(event.dataTransfer?.files);
  });
}
