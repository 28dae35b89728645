import { componentSchemas } from './components.ts';
import { paths } from './operations.ts';

/** The OpenAPI document of the app (https://spec.openapis.org/oas/v3.1.1), made from what checks requests and answers. */
export const openapiDocument = () => ({
  openapi: '3.1.1',
  info: {
    title: 'Keyless Vision',
    version: '1.0.0',
    summary: 'Scores pictures with Azure AI Custom Vision, with managed identity tokens and no key.',
    description: 'What answers GET answers HEAD too: with the same status and headers, without a body.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/api', description: 'Where this document is.' }],
  tags: [
    { name: 'predictions', description: 'A picture in, its prediction document out.' },
    { name: 'documents', description: 'The prediction documents of pictures dropped into the container.' },
    { name: 'app', description: 'The app itself; open to everybody.' },
  ],
  security: [{ functionKey: [] }, { functionKeyInQuery: [] }, { entraToken: [] }],
  paths: paths(),
  components: {
    securitySchemes: {
      functionKey: {
        type: 'apiKey',
        in: 'header',
        name: 'x-functions-key',
        description: 'With CALLER_AUTH=key.',
      },
      functionKeyInQuery: {
        type: 'apiKey',
        in: 'query',
        name: 'code',
        description:
          'The same key where no header can be set; addresses end up in logs, so prefer the header.',
      },
      entraToken: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description:
          'With CALLER_AUTH=entra: a token of the configured tenant and audience with the app role.',
      },
    },
    schemas: componentSchemas(),
  },
});
