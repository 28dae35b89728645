import { request } from 'undici';
import * as v from 'valibot';
import { VISION_SCOPE } from '../../vision/client.ts';
import type { Context } from './context.ts';

/** https://github.com/Azure/azure-rest-api-specs, CustomVision/Training/stable/v3.3, Iteration; what is of use here. */
const schema = v.array(
  v.object({
    id: v.string(),
    name: v.string(),
    publishName: v.nullish(v.string()),
    originalPublishResourceId: v.nullish(v.string()),
    trainedAt: v.nullish(v.string()),
    exportable: v.optional(v.boolean(), false),
    exportableTo: v.optional(v.array(v.string()), []),
  }),
);
export type Iteration = v.InferOutput<typeof schema>[number];

/** The iterations of a project, from the training account. Rejects with a KeylessError for want of a token. */
export async function iterationsOf(
  { credential }: Context,
  trainingEndpoint: string,
  projectId: string,
  signal: AbortSignal,
): Promise<{ status: number; iterations: Iteration[] }> {
  const { token } = (await credential().getToken(VISION_SCOPE)) ?? { token: '' };
  const path = `/customvision/v3.3/training/projects/${projectId}/iterations`;
  const { statusCode, body } = await request(new URL(path, trainingEndpoint), {
    headers: { authorization: `Bearer ${token}` },
    signal,
  });
  if (statusCode !== 200) {
    await body.dump();
    return { status: statusCode, iterations: [] };
  }
  return { status: 200, iterations: v.parse(schema, await body.json()) };
}
