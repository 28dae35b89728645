import { createAccess } from './access.js';
import { createCall } from './api.js';
import { startRecent } from './recent.js';
import { startScoring } from './scoring.js';

const { auth, models = '[]' } = document.documentElement.dataset;
const call = createCall(createAccess(auth === 'entra' ? 'entra' : 'key'));

startScoring({ models: JSON.parse(models), call });
startRecent({ call });
