/** A form of export by the words that ExportIteration takes. */
export type Form = { platform: string; flavor?: string };

/**
 * Platforms and flavors: https://learn.microsoft.com/azure/ai-services/custom-vision-service/export-programmatically; those
 * that it does not name are the portal’s and the samples’ own.
 */
export const FORMS = {
  onnx: { platform: 'ONNX' },
  'onnx-float16': { platform: 'ONNX', flavor: 'ONNXFloat16' },
  tensorflow: { platform: 'TensorFlow' },
  'tensorflow-saved-model': { platform: 'TensorFlow', flavor: 'TensorFlowSavedModel' },
  'tensorflow-lite': { platform: 'TensorFlow', flavor: 'TensorFlowLite' },
  'tensorflow-js': { platform: 'TensorFlow', flavor: 'TensorFlowJs' },
  coreml: { platform: 'CoreML' },
  'docker-linux': { platform: 'DockerFile', flavor: 'Linux' },
  'docker-windows': { platform: 'DockerFile', flavor: 'Windows' },
  'docker-arm': { platform: 'DockerFile', flavor: 'ARM' },
  openvino: { platform: 'OpenVino' },
  vaidk: { platform: 'VAIDK' },
} as const satisfies Record<string, Form>;

export type FormName = keyof typeof FORMS;
export const FORM_NAMES = Object.keys(FORMS) as FormName[];

/** Those that this app runs, and so can check. */
export const isOnnx = (form: FormName): boolean => FORMS[form].platform === 'ONNX';
