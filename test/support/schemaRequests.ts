import fc, { type Arbitrary } from 'fast-check';
import { anyText } from './anyText.ts';
import type { Documented, OpenapiDocument, Operation, Parameter } from './openapiAnswers.ts';

/** A call derived from the OpenAPI document, by the schemas of its parameters and its body. */
export type SchemaRequest = {
  /** As the document has it. */
  path: string;
  method: string;
  /** Path and query, as sent. */
  address: string;
  contentType?: string;
  /** The query parameters whose values their schemas do not allow. */
  wrong: string[];
  /** All query parameters, decoded. */
  query: Record<string, string>;
};

/** Of models and pictures that there are, by the parameter that takes them. */
type Names = Readonly<Record<string, readonly string[]>>;

/** As clients of several languages write one and the same number. */
const WRITERS: ((value: number) => string)[] = [
  String,
  (value) => value.toExponential(),
  (value) => value.toExponential().toUpperCase().replace('+', ''),
  (value) => String(value).replace(/e([+-])(\d)$/u, 'e$10$2'),
  (value) => (Number.isInteger(value) ? value.toFixed(1) : String(value)),
];
/** Values that are none of JSON’s, or out of any range. */
const ODD = [
  '-1',
  '-1e-7',
  '0.5',
  '2',
  '1001',
  '1.5',
  '1e9',
  '1e400',
  'NaN',
  'Infinity',
  '0x1',
  '1,5',
  '1_0',
  '١',
  'true',
  ' ',
  'svg',
  'SVG',
  'svg,png',
  '\u0000',
  '\u001f',
  '\uffff',
  'x'.repeat(1_025),
];
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/iu;

/** What a query parameter’s text stands for, if it is one of JSON’s. */
function isAllowed({ allows }: Documented, { schema }: Parameter, text: string): boolean {
  if (schema.type === 'string') return allows(schema, text);
  return JSON_NUMBER.test(text) && allows(schema, Number(text));
}

function values(api: Documented, parameter: Parameter): Arbitrary<string> {
  const { schema } = parameter;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.type === 'string') {
    const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), anyText({ maxLength: 40 }));
    // an empty value is none, and says so in the document
    return text.filter((each) => each !== '' && each.isWellFormed() && isAllowed(api, parameter, each));
  }
  const number =
    schema.type === 'integer'
      ? fc.integer({ min: 0, max: 1_000 })
      : fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, -0, 1, 1e-5, 1e-7, 5e-324));
  return fc
    .tuple(number, fc.constantFrom(...WRITERS))
    .map(([value, write]) => write(value))
    .filter((text) => isAllowed(api, parameter, text));
}

type Called = { path: string; method: string; operation: Operation };

const operationsOf = (document: OpenapiDocument): Called[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

const namesFor = ({ parameters = [] }: Operation, names: Names): readonly string[] =>
  names[parameters.find((each) => each.in === 'path')?.name ?? ''] ?? ['x'];

/** The empty one where nothing is sent. */
const contentTypesOf = ({ requestBody }: Operation): string[] =>
  Object.keys(requestBody?.content ?? { '': 0 });

const fill = (path: string, name: string): string => path.replace(/\{\w+\}/u, encodeURIComponent(name));

/** Each operation as simply as it can be called: without a query, of the first name. */
export const plainRequests = (document: OpenapiDocument, names: Names): SchemaRequest[] =>
  operationsOf(document).map(({ path, method, operation }) => {
    const [name = ''] = namesFor(operation, names);
    const [contentType] = contentTypesOf(operation);
    const address = fill(path, name);
    return { path, method, address, ...(contentType && { contentType }), wrong: [], query: {} };
  });

/** Calls of all operations, with whatever values their parameters may have, or may not. */
export function schemaRequests(
  api: Documented,
  document: OpenapiDocument,
  names: Names,
): Arbitrary<SchemaRequest> {
  function requestOf({ path, method, operation }: Called): Arbitrary<SchemaRequest> {
    const inQuery = (operation.parameters ?? []).filter((each) => each.in === 'query');
    const query = inQuery.map((parameter) => {
      const odd = fc.constantFrom(...ODD.filter((text) => !isAllowed(api, parameter, text)));
      const value = fc.oneof({ arbitrary: values(api, parameter), weight: 6 }, { arbitrary: odd, weight: 1 });
      return fc.option(
        value.map((text) => [parameter, text] as const),
        { nil: undefined },
      );
    });
    const name = fc.oneof(
      { arbitrary: fc.constantFrom(...namesFor(operation, names)), weight: 4 },
      {
        arbitrary: fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
          .filter((text) => !/^[./\0]*$/u.test(text)),
        weight: 1,
      },
    );
    const contentType = fc.constantFrom(...contentTypesOf(operation));
    return fc
      .record({ query: fc.tuple(...query), name, contentType })
      .map(({ query, name, contentType }): SchemaRequest => {
        const given = query.filter((each) => each !== undefined);
        const text = given.map(([{ name }, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
        const filled = fill(path, name);
        return {
          path,
          method,
          address: text ? `${filled}?${text}` : filled,
          ...(contentType && { contentType }),
          wrong: given
            .filter(([parameter, value]) => !isAllowed(api, parameter, value))
            .map(([{ name }]) => name),
          query: Object.fromEntries(given.map(([{ name }, value]) => [name, value])),
        };
      });
  }
  return fc.oneof(
    ...operationsOf(document).map((called) => ({
      arbitrary: requestOf(called),
      weight: 1 + 2 * (called.operation.parameters ?? []).length,
    })),
  );
}
