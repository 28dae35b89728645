import { type ApiAnswer, type ApiRequest, linkTo, pageOf } from '../api.ts';
import { readGraphFilter } from './filter.ts';
import { badRequest, graphError, unsupportedQuery } from './graphError.ts';

const OPTIONS = ['$filter', '$select', '$top', '$count', '$search', '$skiptoken'];
const MAX_TOP = 999;

/** A collection as Graph answers it, filtered, chosen from and in pages: https://learn.microsoft.com/graph/query-parameters */
export function answerList(
  request: ApiRequest,
  context: string,
  all: readonly object[],
  pageSize: number,
): ApiAnswer {
  const { query, origin, path } = request;
  for (const option of query.keys()) {
    if (!OPTIONS.includes(option))
      throw unsupportedQuery(`The query option '${option}' is not supported here.`);
  }
  const eventual = /^eventual$/i.test(String(request.headers.consistencylevel ?? ''));
  const counted = eventual && query.get('$count') === 'true';
  const filter = query.get('$filter');
  const test = filter ? readGraphFilter(filter, counted) : () => true;
  const search = searchTest(query.get('$search'), eventual);
  const found = all.filter((each) => test({ ...each }) && search({ ...each }));
  const { entries, next } = pageOf(found, query.get('$skiptoken'), topOf(query, pageSize));
  const select = query.get('$select');
  return {
    status: 200,
    body: {
      '@odata.context': `${origin}/v1.0/$metadata#${context}`,
      ...(counted ? { '@odata.count': found.length } : {}),
      ...(next ? { '@odata.nextLink': linkTo(origin, path, query, next) } : {}),
      value: entries.map((each) => chosen(each, select)),
    },
  };
}

/** Only the members named; an id is left out too when it is not. */
export function chosen(entity: object, select: string | null): object {
  if (!select) return entity;
  const members = select.split(',').map((member) => member.trim());
  return Object.fromEntries(Object.entries(entity).filter(([member]) => members.includes(member)));
}

function topOf(query: URLSearchParams, pageSize: number): number {
  const asked = query.get('$top');
  if (asked === null) return pageSize;
  const top = Number(asked);
  if (Number.isInteger(top) && top >= 1 && top <= MAX_TOP) return Math.min(top, pageSize);
  throw badRequest(`Invalid page size specified: '${asked}'. Must be between 1 and ${MAX_TOP} inclusive.`);
}

/** `"displayName:words"`: https://learn.microsoft.com/graph/search-query-parameter */
function searchTest(text: string | null, eventual: boolean): (members: Record<string, unknown>) => boolean {
  if (text === null) return () => true;
  if (!eventual) {
    throw graphError(
      400,
      'Request_UnsupportedQuery',
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    );
  }
  const [, member, words] = /^"(\w+):(.+)"$/.exec(text) ?? [];
  if (member !== 'displayName' || !words) throw badRequest(`Invalid $search clause '${text}'.`);
  return (each) => String(each.displayName).toLowerCase().includes(words.toLowerCase());
}
