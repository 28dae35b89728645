import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type MediaType = { schema: object; examples?: Record<string, { value: unknown }> };
export type DocumentedAnswer = { description: string; content?: Record<string, MediaType>; headers?: object };
export type Operation = { operationId: string; responses: Record<string, DocumentedAnswer> };
export type OpenapiDocument = { openapi: string; paths: Record<string, Record<string, Operation>> };

export type Documented = {
  /** `operation status type` of every documented answer. */
  answers: string[];
  examples: { where: string; validate: () => void }[];
  /** Throws unless the answer is documented, its type and shape too; notes it as seen. */
  check(path: string, method: string, answer: Response): Promise<unknown>;
  checkBody(path: string, method: string, status: number, type: string, body: unknown): void;
  /** Documented answers that no check has seen. */
  unseen(): string[];
};

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
    Object.entries(operation.responses).flatMap(([status, { content }]) =>
      (content ? Object.keys(content) : ['']).map((type) => ({ path, method, status, type, operation })),
    ),
  );
  const keyOf = ({ operation, status, type }: (typeof listed)[number]) =>
    `${operation.operationId} ${status} ${type}`.trim();
  const pointer = (...parts: string[]) =>
    parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

  const checkBody: Documented['checkBody'] = (path, method, status, type, body) => {
    const found = listed.find(
      (each) =>
        each.path === path && each.method === method && each.status === String(status) && each.type === type,
    );
    if (!found)
      throw new Error(`${method} ${path} answered ${status} ${type || 'without a body'}, undocumented.`);
    seen.add(keyOf(found));
    if (type === '') return;
    const schema = `api#${pointer('paths', path, method, 'responses', String(status), 'content', type, 'schema')}`;
    if (!ajv.validate({ $ref: schema }, body)) {
      throw new Error(`${keyOf(found)}: ${ajv.errorsText()} in ${JSON.stringify(body).slice(0, 500)}`);
    }
  };
  return {
    answers: listed.map(keyOf),
    examples: listed.flatMap((each) =>
      Object.entries(each.operation.responses[each.status]?.content?.[each.type]?.examples ?? {}).map(
        ([name, { value }]) => ({
          where: `${keyOf(each)} ${name}`,
          validate: () => checkBody(each.path, each.method, Number(each.status), each.type, value),
        }),
      ),
    ),
    checkBody,
    async check(path, method, answer) {
      const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
      const text = await answer.text();
      const body: unknown = type.endsWith('json') ? JSON.parse(text) : text;
      if (answer.status === 401 && text === '') return undefined; // the platform’s own, told in the description
      checkBody(path, method, answer.status, type, body);
      return body;
    },
    unseen: () => listed.map(keyOf).filter((key) => !seen.has(key)),
  };
}
