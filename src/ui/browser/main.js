import { createAccess } from './access.js';
import { createCall } from './api.js';
import { startRecent } from './recent.js';
import { startScoring } from './scoring.js';

const { auth } = document.documentElement.dataset;
const call = createCall(createAccess(auth === 'entra' ? 'entra' : 'key'));

startScoring({ call });
startRecent({ call });
