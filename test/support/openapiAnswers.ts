import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type MediaType = { schema: object; examples?: Record<string, { value: unknown }> };
export type DocumentedAnswer = { description: string; content?: Record<string, MediaType>; headers?: object };
export type Parameter = {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: { type: string; enum?: string[] };
};
export type Operation = {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, DocumentedAnswer>;
};
export type OpenapiDocument = { openapi: string; paths: Record<string, Record<string, Operation>> };

export type Documented = {
  examples: { where: string; validate: () => void }[];
  /** Whether a value is one that the schema of a parameter allows. */
  allows(schema: object, value: unknown): boolean;
  /** Throws unless the answer is documented, its headers, type and shape too; notes it as seen. */
  check(path: string, method: string, answer: Response): Promise<unknown>;
  checkBody(path: string, method: string, status: number, type: string, body: unknown): void;
  /** Documented answers that no check has seen, as `operation status type`. */
  unseen(): string[];
};

/** Of HTTP itself, which no API documents. */
const OF_HTTP = /^(?:date|connection|keep-alive|content-(?:type|length)|transfer-encoding)$/u;
/** Where the app knows for how long. */
const SOMETIMES = new Set(['retry-after', 'www-authenticate', 'accept-encoding']);

/** Compares real answers with the OpenAPI document. */
export function documented(document: OpenapiDocument): Documented {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, 'api');
  const seen = new Set<string>();
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  const listed = operations.flatMap(({ path, method, operation }) =>
    Object.entries(operation.responses).flatMap(([status, answer]) =>
      (answer.content ? Object.keys(answer.content) : ['']).map((type) => ({
        path,
        method,
        status,
        type,
        answer,
        key: `${operation.operationId} ${status} ${type}`.trim(),
      })),
    ),
  );
  const pointer = (...parts: string[]) =>
    parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

  const checkBody: Documented['checkBody'] = (path, method, status, type, body) => {
    const found = listed.find(
      (each) =>
        each.path === path && each.method === method && each.status === String(status) && each.type === type,
    );
    if (!found)
      throw new Error(`${method} ${path} answered ${status} ${type || 'without a body'}, undocumented.`);
    seen.add(found.key);
    if (type === '') return;
    const place = pointer('paths', path, method, 'responses', String(status), 'content', type, 'schema');
    const validate = ajv.getSchema(`api#${place}`); // compiled once
    if (!validate?.(body)) {
      const wrong = ajv.errorsText(validate?.errors);
      throw new Error(`${found.key}: ${wrong} in ${JSON.stringify(body).slice(0, 500)}`);
    }
  };

  /** An answer of the platform is one without a body, where the description tells of it. */
  const isPlatforms = (path: string, method: string, status: number): boolean =>
    document.paths[path]?.[method]?.responses[status]?.description.includes('without a body') ?? false;

  function checkHeaders(path: string, method: string, { status, headers }: Response): void {
    const told = Object.keys(document.paths[path]?.[method]?.responses[status]?.headers ?? {});
    const expected = told.map((name) => name.toLowerCase());
    const missing = expected.filter((name) => !headers.has(name) && !SOMETIMES.has(name));
    const others = [...headers.keys()].filter((name) => !expected.includes(name) && !OF_HTTP.test(name));
    if (missing.length + others.length === 0) return;
    throw new Error(
      `${method} ${path} ${status}: without ${missing.join() || 'none'}, undocumented ${others}.`,
    );
  }

  return {
    examples: listed.flatMap(({ path, method, status, type, answer, key }) =>
      Object.entries(answer.content?.[type]?.examples ?? {}).map(([name, { value }]) => ({
        where: `${key} ${name}`,
        validate: () => checkBody(path, method, Number(status), type, value),
      })),
    ),
    allows: (schema, value) => ajv.validate(schema, value),
    checkBody,
    async check(path, method, answer) {
      const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
      const text = await answer.text();
      if (text === '' && answer.status >= 400 && isPlatforms(path, method, answer.status)) return undefined;
      const body: unknown = type.endsWith('json') ? JSON.parse(text) : text;
      checkBody(path, method, answer.status, type, body);
      checkHeaders(path, method, answer);
      return body;
    },
    unseen: () => [...new Set(listed.map(({ key }) => key))].filter((key) => !seen.has(key)),
  };
}
