import { type Problems, shown } from './problem.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/u;
const REGIONAL = /\.api\.cognitive\.microsoft\.(com|us|de)$|\.api\.cognitive\.azure\.cn$/u;

/** In local.settings.sample.json; whose account it is, if anybody’s, is to get no token. */
const SAMPLE = 'your-account.cognitiveservices.azure.com';

export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname);

/**
 * The origin of a service’s address, such as `https://fruit.cognitiveservices.azure.com`; undefined after a problem.
 * Tokens travel over https only; http is for services on this machine.
 */
export function serviceUrl(setting: string, text: string, problem: Problems): URL | undefined {
  if (!URL.canParse(text)) {
    problem({ setting, expected: 'a URL that begins with https://', got: shown(text) });
    return undefined;
  }
  const url = new URL(text);
  if (url.username || url.password) {
    problem({ setting, expected: 'a URL without a user name or password in it' });
    return undefined;
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return url;
  problem({
    setting,
    expected: 'https:// (a token must not travel in the clear; http:// is for 127.0.0.1 only)',
    got: shown(text),
  });
  return undefined;
}

/**
 * The address of a prediction account. Tokens need its custom subdomain:
 * https://learn.microsoft.com/azure/ai-services/cognitive-services-custom-subdomains
 */
export function visionEndpoint(setting: string, text: string, problem: Problems): string | undefined {
  const url = serviceUrl(setting, text, problem);
  if (!url) return undefined;
  if (REGIONAL.test(url.hostname)) {
    problem({
      setting,
      expected:
        'https://<name>.cognitiveservices.azure.com (a regional address takes no tokens; give the account a custom subdomain: ' +
        'az cognitiveservices account update --custom-domain <name>)',
      got: shown(text),
    });
    return undefined;
  }
  if (url.hostname === SAMPLE) {
    problem({
      setting,
      expected:
        'the address of your own model in place of the sample’s, as the portal shows it: Performance → Prediction URL',
    });
    return undefined;
  }
  if (url.pathname !== '/' || url.search) {
    problem({
      setting,
      expected:
        'the address alone, without a path; a whole prediction URL belongs into VISION_PREDICTION_URL or "url"',
      got: shown(text),
    });
    return undefined;
  }
  return url.origin;
}
