/** Commands and the local host read one file, and in one way. */
export { applyLocalSettings } from '../../local/host/localSettings.ts';
