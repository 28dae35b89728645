import { type Check, called, type Finding } from './finding.ts';
import { partOf } from './part.ts';

type Rule = { definition: { filters: { prefixMatch: string[] } } };

/** Blobs are deleted in whole containers alone, and pictures only where that was asked for: they are the uploader’s. */
export const retention: Check = ({ scenarios }) =>
  scenarios.flatMap(({ template: file, parameters, outputs, resources }) =>
    resources
      .filter(({ type }) => type === 'Microsoft.Storage/storageAccounts/managementPolicies')
      .flatMap((policy) =>
        (partOf(policy, 'properties.policy.rules') as Rule[])
          .flatMap(({ definition }) => definition.filters.prefixMatch)
          .flatMap((prefix): Finding[] => {
            const tell = (message: string) => [
              { rule: 'retention', file, message: `${called(policy)}: ${message}` },
            ];
            if (!prefix.endsWith('/'))
              return tell(`${prefix} begins other containers’ names too: end it with a slash.`);
            const pictures = prefix === `${outputs.IMAGES_CONTAINER}/`;
            if (pictures && !parameters.pictureRetentionDays)
              return tell('pictures would be deleted, unasked.');
            return [];
          }),
      ),
  );
