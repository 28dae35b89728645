/**
 * The beginning of the subjects of a container's blobs. To the last slash, else `images` is also `images-out`:
 * https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage
 */
export const subjectFilter = (container: string): string =>
  `/blobServices/default/containers/${container}/blobs/`;
