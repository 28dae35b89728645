import type { Entry } from './entry.ts';

/** The picture a caller sent, or somebody dropped. */
export const pictures = {
  ImageMissing: {
    status: 400,
    fault: 'caller',
    transient: false,
    title: 'No picture was sent',
    cause:
      'The body is empty. A chunked upload without Content-Length also arrives empty in Azure Functions.',
    fix: 'Send the picture with a Content-Length header, for example: curl --data-binary @picture.jpg.',
  },
  ImageTypeUnsupported: {
    status: 415,
    fault: 'caller',
    transient: false,
    title: 'Not a picture type that can be scored',
    cause:
      'The first bytes are not those of a JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF file, whatever the name or Content-Type says.',
    fix: 'Convert the picture to JPEG or PNG and send it again.',
  },
  ContentEncodingUnsupported: {
    status: 415,
    fault: 'caller',
    transient: false,
    title: 'The body is compressed',
    cause:
      'Its Content-Encoding is another than identity. Pictures are compressed in themselves, so nothing is gained by it.',
    fix: 'Send the bytes of the picture as they are, without Content-Encoding.',
  },
  ImageTruncated: {
    status: 422,
    fault: 'caller',
    transient: false,
    title: 'The picture is cut off',
    cause: 'The file ends before its picture does, as after an interrupted upload or copy.',
    fix: 'Upload the whole file again; compare its size with the original.',
  },
  ImageUndecodable: {
    status: 422,
    fault: 'caller',
    transient: false,
    title: 'Custom Vision cannot decode the picture',
    cause: 'The file has the marks of a picture, but its content is damaged or of a rare variant.',
    fix: 'Open the picture in an editor and save it anew as a plain JPEG or PNG.',
  },
  ImageTooLarge: {
    status: 413,
    fault: 'caller',
    transient: false,
    title: 'The picture is too large',
    cause:
      'This app takes pictures of at most 32 MiB (33,554,432 bytes), and makes those over Custom Vision’s 4 MB smaller.',
    fix: 'Make the picture smaller: fewer pixels or a stronger JPEG compression.',
  },
  ImageDimensionsUnsupported: {
    status: 422,
    fault: 'caller',
    transient: false,
    title: 'The picture is too wide, too high or too narrow',
    cause:
      'Custom Vision takes at most 10,000 pixels a side and 25 times as long as wide; this picture could not be made so.',
    fix: 'Crop or scale the picture.',
  },
  ImageTooManyPixels: {
    status: 413,
    fault: 'caller',
    transient: false,
    title: 'The picture has too many pixels',
    cause: 'Pictures are decoded in memory to make them fit; the file tells of more pixels than are taken.',
    fix: 'Scale the picture down, or cut it up, and send it again.',
  },
  ImageTooSlow: {
    status: 422,
    fault: 'caller',
    transient: false,
    title: 'The picture takes too long to decode',
    cause: 'Decoding it took more than a minute; photographs take a few seconds.',
    fix: 'Open the picture in an editor and save it anew as a plain JPEG.',
  },
  ConverterMissing: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The picture converter cannot be loaded',
    cause:
      'The package sharp is missing, or was installed on another platform than the one the app runs on. Pictures that need no change are scored all the same, without being decoded before.',
    fix: 'Deploy the package that npm run package makes: it holds sharp for Linux x64, whatever machine makes it.',
  },
  ImageUrlRefused: {
    status: 403,
    fault: 'caller',
    transient: false,
    title: 'Urls of this host are not allowed',
    cause:
      'Only https urls of hosts listed in the setting URL_HOSTS are handed to Custom Vision; the list may be empty.',
    fix: 'Send the picture itself as the body, or ask the operator to add the host to URL_HOSTS.',
  },
  ImageUrlUnreachable: {
    status: 422,
    fault: 'caller',
    transient: false,
    title: 'Custom Vision could not fetch the url',
    cause: 'The url is not public, does not answer, or is no picture. The service fetches it, not this app.',
    fix: 'Open the url in a private browser window; if it needs a sign-in, send the picture itself as the body.',
  },
} as const satisfies Record<string, Entry>;
