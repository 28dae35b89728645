/**
 * Whether something else answered in the place of a service of Azure, as proxies and captive portals do: with a page, or
 * by sending elsewhere. Services speak JSON or XML and send nobody elsewhere. From 500 on it passes, whoever says it.
 */
export const isStranger = (status: number, contentType: string | null | undefined): boolean =>
  (status >= 300 && status < 400) || status === 407 || (status < 500 && /\bhtml\b/iu.test(contentType ?? ''));
