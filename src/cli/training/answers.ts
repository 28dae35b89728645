import * as v from 'valibot';

const text = v.nullish(v.string());
/** They become names of files, so that nothing else will do. */
const pictureId = v.pipe(v.string(), v.uuid('a UUID'));

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

/** What a change sends back: all but the address of its thumbnail, which is signed. */
export const projectInFullSchema = v.object({
  id: v.string(),
  name: v.string(),
  description: text,
  settings: v.looseObject({ domainId: text, exportModelContainerUri: text, notificationQueueUri: text }),
  created: text,
  lastModified: text,
  status: text,
});
export const tagsSchema = v.array(
  v.object({
    id: v.string(),
    name: v.string(),
    description: text,
    type: text,
    imageCount: v.nullish(v.number()),
  }),
);

/** The addresses are signed: whoever has one may read the picture for some hours. In a virtual network they are paths. */
export const picturesSchema = v.array(
  v.object({
    id: pictureId,
    created: text,
    width: v.number(),
    height: v.number(),
    originalImageUri: text,
    resizedImageUri: text,
    tags: v.nullish(v.array(v.object({ tagId: v.string(), tagName: v.string() }))),
    regions: v.nullish(
      v.array(
        v.object({
          regionId: text,
          tagId: v.string(),
          tagName: v.string(),
          left: v.number(),
          top: v.number(),
          width: v.number(),
          height: v.number(),
        }),
      ),
    ),
    metadata: v.nullish(v.record(v.string(), v.string())),
  }),
);

const figures = {
  precision: v.nullish(v.number()),
  precisionStdDeviation: v.nullish(v.number()),
  recall: v.nullish(v.number()),
  recallStdDeviation: v.nullish(v.number()),
  averagePrecision: v.nullish(v.number()),
};
export const performanceSchema = v.object({
  ...figures,
  perTagPerformance: v.nullish(v.array(v.object({ id: text, name: v.string(), ...figures }))),
});

export const exportSchema = v.object({
  platform: v.string(),
  status: v.string(),
  flavor: text,
  downloadUri: text,
  newerVersionAvailable: v.nullish(v.boolean()),
});
export const exportsSchema = v.array(exportSchema);

export type Domain = v.InferOutput<typeof domainsSchema>[number];
export type Project = v.InferOutput<typeof projectsSchema>[number];
export type Iteration = v.InferOutput<typeof iterationsSchema>[number];
export type ProjectInFull = v.InferOutput<typeof projectInFullSchema>;
export type Tag = v.InferOutput<typeof tagsSchema>[number];
export type Picture = v.InferOutput<typeof picturesSchema>[number];
export type Performance = v.InferOutput<typeof performanceSchema>;
export type Export = v.InferOutput<typeof exportSchema>;
