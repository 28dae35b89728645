import { byId } from './elements.js';

/** @typedef {ReturnType<typeof createThreshold>} Threshold */

/** The slider: from which probability on tags and boxes are shown. It filters what is there; nothing is asked again. */
export function createThreshold() {
  const bar = byId('threshold-bar', HTMLElement);
  const slider = byId('threshold', HTMLInputElement);
  const shown = byId('threshold-value', HTMLOutputElement);
  /** @type {Set<(threshold: number) => void>} */
  const listeners = new Set();
  let touched = false;

  const value = () => Number(slider.value) / 100;
  const tell = () => {
    const text = `${slider.value}\u00a0%`;
    shown.textContent = text;
    slider.setAttribute('aria-valuetext', text);
    for (const listener of listeners) listener(value());
  };
  slider.addEventListener('input', () => {
    touched = true;
    tell();
  });

  return {
    /**
     * Calls at once and with each move; a result’s own threshold is taken on as long as nobody has moved the slider.
     * @param {(threshold: number) => void} listener
     * @param {number} ownThreshold
     * @returns {() => void} ends it
     */
    follow(listener, ownThreshold) {
      bar.hidden = false;
      listeners.add(listener);
      if (!touched) slider.value = String(Math.round(ownThreshold * 100));
      tell();
      return () => {
        listeners.delete(listener);
        bar.hidden = listeners.size === 0;
      };
    },
    /** Another model was chosen: its own threshold is taken on again. */
    forget() {
      touched = false;
    },
  };
}
