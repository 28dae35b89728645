import * as v from 'valibot';

const text = v.nullish(v.string());

/** What is read of training v3.3; the service leaves out, or sends as null, more than its definition says. */
export const domainsSchema = v.array(
  v.object({ id: v.string(), name: v.string(), type: v.string(), exportable: v.nullish(v.boolean()) }),
);
export const projectsSchema = v.array(
  v.object({
    id: v.string(),
    name: v.string(),
    settings: v.nullish(v.object({ domainId: text, classificationType: text })),
  }),
);
export const iterationsSchema = v.array(
  v.object({
    id: v.string(),
    name: v.string(),
    status: text,
    trainedAt: text,
    exportable: v.nullish(v.boolean()),
    exportableTo: v.nullish(v.array(v.string())),
    domainId: text,
    publishName: text,
    originalPublishResourceId: text,
  }),
);

export type Domain = v.InferOutput<typeof domainsSchema>[number];
export type Project = v.InferOutput<typeof projectsSchema>[number];
export type Iteration = v.InferOutput<typeof iterationsSchema>[number];
