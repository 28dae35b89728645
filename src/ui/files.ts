import { createHash } from 'node:crypto';
import access from './browser/access.js?raw' with { type: 'text' };
import announcements from './browser/announcements.js?raw' with { type: 'text' };
import api from './browser/api.js?raw' with { type: 'text' };
import boxes from './browser/boxes.js?raw' with { type: 'text' };
import card from './browser/card.js?raw' with { type: 'text' };
import controlsStyle from './browser/controls.css?raw' with { type: 'text' };
import countdown from './browser/countdown.js?raw' with { type: 'text' };
import documentsStyle from './browser/documents.css?raw' with { type: 'text' };
import elements from './browser/elements.js?raw' with { type: 'text' };
import format from './browser/format.js?raw' with { type: 'text' };
import intake from './browser/intake.js?raw' with { type: 'text' };
import main from './browser/main.js?raw' with { type: 'text' };
import openedDocument from './browser/openedDocument.js?raw' with { type: 'text' };
import pageStyle from './browser/page.css?raw' with { type: 'text' };
import picture from './browser/picture.js?raw' with { type: 'text' };
import picturesStyle from './browser/pictures.css?raw' with { type: 'text' };
import problem from './browser/problem.js?raw' with { type: 'text' };
import queue from './browser/queue.js?raw' with { type: 'text' };
import recent from './browser/recent.js?raw' with { type: 'text' };
import scoring from './browser/scoring.js?raw' with { type: 'text' };
import tags from './browser/tags.js?raw' with { type: 'text' };
import threshold from './browser/threshold.js?raw' with { type: 'text' };

/** What the page loads, by file name: the files of `browser/` as they are, no build in between. */
export const files: ReadonlyMap<string, string> = new Map([
  ['page.css', pageStyle],
  ['controls.css', controlsStyle],
  ['pictures.css', picturesStyle],
  ['documents.css', documentsStyle],
  ['main.js', main],
  ['access.js', access],
  ['announcements.js', announcements],
  ['api.js', api],
  ['boxes.js', boxes],
  ['card.js', card],
  ['countdown.js', countdown],
  ['elements.js', elements],
  ['format.js', format],
  ['intake.js', intake],
  ['openedDocument.js', openedDocument],
  ['picture.js', picture],
  ['problem.js', problem],
  ['queue.js', queue],
  ['recent.js', recent],
  ['scoring.js', scoring],
  ['tags.js', tags],
  ['threshold.js', threshold],
]);

/** Changes whenever a file does; it stands in their addresses, so that browsers may keep them. */
export const version: string = createHash('sha256')
  .update(JSON.stringify([...files]))
  .digest('hex')
  .slice(0, 16);
