import { createAccess } from './access.js';
import { createCall } from './api.js';
import { startRecent } from './recent.js';
import { startScoring } from './scoring.js';

const { auth } = document.documentElement.dataset;
const access = createAccess(auth === 'entra' ? 'entra' : 'key');
const call = createCall(access);

startScoring({ call, waitsFor: access.waitsFor });
startRecent({ call });
