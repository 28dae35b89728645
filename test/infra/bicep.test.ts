import { expect, test } from 'vitest';
import { deploy } from './bicep/deployment.ts';
import { parseTemplate } from './bicep/template.ts';

/** The outputs of a file of one’s own, with a module beside it. */
function outputs(source: string, parameters: Record<string, unknown> = {}) {
  const module = `param text string\noutput shouted string = '\${toLower(text)}!'\n`;
  const files = new Map([
    ['x/main.bicep', source],
    ['x/module.bicep', module],
  ]);
  return deploy(files, 'x/main.bicep', parameters, { subscriptionId: 's', group: 'g', location: 'here' });
}

test('a member behind a choice belongs to its last branch', () => {
  const { outputs: told, problems } = outputs(
    [
      "var one = { a: { b: 'one' } }",
      "var two = { a: { b: 'two' } }",
      'output no string = false ? one.a.b : two.a.b',
      'output yes string = true ? one.a.b : two.a.b',
      'output both bool = true && !empty(one.a.b)',
      "output same bool = one.a.b == two['a'].b",
    ].join('\n'),
  );
  expect(problems).toEqual([]);
  expect(told).toEqual({ no: 'two', yes: 'one', both: true, same: false });
});

test('blanks and quotes of a string stay as they are', () => {
  const { outputs: told } = outputs(
    `param a string = 'A'\noutput o string = 'https://\${a} b \${a}  it\\'s \${a} '\n`,
  );
  expect(told).toEqual({ o: "https://A b A  it's A " });
});

test('a module runs with what it is given, and loops and conditions are followed', () => {
  const { outputs: told, resources } = outputs(
    [
      "module shout 'module.bicep' = {\n  name: 'shout'\n  params: { text: 'HALLO' }\n}",
      "resource account 'Microsoft.Storage/storageAccounts@2026-04-01' = if (false) {\n  name: 'never'\n}",
      `resource each 'Microsoft.Storage/storageAccounts@2026-04-01' = [\n  for (name, i) in ['a', 'b']: {\n    name: '\${name}\${i}'\n  }\n]`,
      'output shouted string = shout.outputs.shouted',
      'output second string = each[1].id',
    ].join('\n'),
  );
  expect(told).toEqual({
    shouted: 'hallo!',
    second: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/b1',
  });
  expect(resources.map(({ name }) => name)).toEqual(['a0', 'b1']);
});

test('what a parameter does not take is told', () => {
  const source = "@allowed(['a', 'b'])\n@maxLength(1)\nparam p string\noutput o string = p\n";
  expect(outputs(source, { p: 'ccc' }).problems.map(({ text }) => text)).toEqual([
    `p must be one of ['a', 'b'], got "ccc"`,
    'p must be at most 1 characters long, got "ccc"',
  ]);
  expect(outputs(source, { p: 'a' }).problems).toEqual([]);
  expect(outputs(source).problems[0]?.text).toBe('p must be of type string, got nothing');
});

test('what cannot be read is told with its line', () => {
  expect(parseTemplate('x', 'param a string\nvar b = {\n').errors).toMatchObject([{ line: 2 }]);
  expect(parseTemplate('x', 'var a = { b: 1 c: 2 }\n').errors).toMatchObject([{ line: 1 }]);
  expect(parseTemplate('x', 'var a = 1 var b = 2\n').errors).toMatchObject([{ line: 1 }]);
  expect(parseTemplate('x', 'extension graph\n\nvar a = 1\n')).toMatchObject({
    errors: [],
    extensions: ['graph'],
    variables: [{ name: 'a', line: 3 }],
  });
});

test('an expression that cannot be resolved is told, and the rest goes on', () => {
  const { outputs: told, problems } = outputs(
    'var a = {}\noutput one string = a.b\noutput two string = mystery()\noutput three int = 3\n',
  );
  expect(told).toEqual({ three: 3 });
  expect(problems.map(({ text }) => text)).toEqual([
    'line 2: a.b is not there.',
    'line 3: The function mystery is not among those the tests can evaluate.',
  ]);
});
