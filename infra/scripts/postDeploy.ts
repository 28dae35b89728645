/**
 * After `azd deploy` (and `azd provision`): the event subscription, which by webhook can only be made once the host has
 * its key, and by queue once the role of the topic is seen; and a probe picture that proves it. Run it as often as you
 * like: what is right is let be.
 */
import { runPostDeploy } from './runPostDeploy.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.exitCode = await runPostDeploy(process.argv.slice(2), process.env, interrupted.signal);
