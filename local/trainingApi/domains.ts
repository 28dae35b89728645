export type Domain = {
  id: string;
  name: string;
  type: 'Classification' | 'ObjectDetection';
  exportable: boolean;
  enabled: boolean;
};

const domain = (type: Domain['type'], name: string, id: string): Domain => ({
  id,
  name,
  type,
  exportable: name.includes('(compact)'),
  enabled: true,
});

/** Some of the service's domains, with its own ids: https://learn.microsoft.com/azure/ai-services/custom-vision-service/select-domain */
export const DOMAINS: readonly Domain[] = [
  domain('Classification', 'General', 'ee85a74c-405e-4adc-bb47-ffa8ca0c9f31'),
  domain('Classification', 'Food', 'c151d5b5-dd07-472a-acc8-15d29dea8518'),
  domain('Classification', 'General (compact)', '0732100f-1a38-4e49-a514-c9b44c697ab5'),
  domain('ObjectDetection', 'General', 'da2e3a8a-40a5-4171-82f4-58522f70fbc1'),
  domain('ObjectDetection', 'General (compact) [S1]', '7ec2ac80-887b-48a6-8df9-8b1357765430'),
];

/** Throws when there is none of that name and type here. */
export function domainNamed(type: Domain['type'], name: string): Domain {
  const found = DOMAINS.find((each) => each.type === type && each.name === name);
  if (found) return found;
  throw new Error(`There is no domain '${name}' for ${type} here.`);
}
