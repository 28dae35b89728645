import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimsContainerOf } from '../../src/settings/containers.ts';
import { deploy } from './bicep/deployment.ts';
import { nameFindings } from './checks/names.ts';
import { infraFiles } from './files.ts';

const files = infraFiles();

/** Names that azd takes for an environment: letters, digits, ( ) _ . and -, at most 64. */
const environmentName = fc.stringMatching(/^[a-zA-Z0-9\-()_.]{1,64}$/u);
/** A container’s name, as Azure takes it. */
const containerName = fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+){0,20}$/u).filter((name) => {
  return name.length >= 3 && name.length <= 63;
});

const everything = {
  location: 'westeurope',
  eventDelivery: 'queue',
  networkIsolation: true,
  mail: true,
  alertEmail: 'operator@example.org',
};

test('every name keeps to Azure’s rules, however long and odd the environment’s name is', () => {
  fc.assert(
    fc.property(environmentName, (name) => {
      const deployment = deploy(files, 'infra/main.bicep', { ...everything, environmentName: name });
      expect(deployment.problems).toEqual([]);
      expect(nameFindings(deployment)).toEqual([]);
    }),
    { numRuns: 200, examples: [['.'], ['-'], ['()'], ['a'.repeat(64)], ['A_(b).-'.repeat(9)]] },
  );
});

test('two environments share no name that must be unique in all of Azure', () => {
  const globals = (name: string) =>
    deploy(files, 'infra/main.bicep', { ...everything, environmentName: name })
      .resources.filter(({ type }) => /\/(storageAccounts|sites|accounts|communicationServices)$/u.test(type))
      .map((resource) => resource.name);
  fc.assert(
    fc.property(environmentName, environmentName, (one, other) => {
      fc.pre(one !== other);
      expect(globals(one).filter((name) => globals(other).includes(name))).toEqual([]);
    }),
    {
      numRuns: 50,
      examples: [
        ['a-b', 'ab'],
        ['A', 'a'],
      ],
    },
  );
});

test('the container of the claims is the one that the app opens', () => {
  fc.assert(
    fc.property(containerName, (predictionsContainer) => {
      const made = deploy(files, 'infra/main.bicep', {
        ...everything,
        environmentName: 'demo',
        predictionsContainer,
      }).resources.map(({ name }) => name);
      expect(made).toContain(claimsContainerOf(predictionsContainer));
    }),
    { numRuns: 100, examples: [[`${'a'.repeat(55)}-${'b'.repeat(7)}`]] },
  );
});
