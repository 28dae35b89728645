/** More have no App ID URI: https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation */
const LONGEST = 255;
/** https://learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions; urn: is of the page above, older apps have http:// */
const FORM = /^(?:(?:api|https?):\/\/|urn:)[^\s/?#*][^\s?#*]*$/iu;

/** What stands behind an App ID URI, or client id, in the scope that a caller asks for. */
export const DEFAULT_SCOPE = '/.default';

/** Whether an API can be called that: `api://…`, `https://<verified domain>/…`, `urn:…`; a slash at the end belongs to it. */
export const isAppIdUri = (text: string): boolean =>
  text.length <= LONGEST && FORM.test(text) && !text.endsWith(DEFAULT_SCOPE);
