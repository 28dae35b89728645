import { expect, test } from 'vitest';
import { elementType, newGraph } from '../../../local/onnx/graph.ts';
import { toHalf } from '../../../local/onnx/halves.ts';
import { floatsOf, floatTensor, openSession } from '../../../local/onnx/runtime.ts';
import { readModel } from '../../../src/exports/onnxModel.ts';

test('the runtime computes what the graph says, halves included', async () => {
  const graph = newGraph();
  graph.input('x', elementType.float, [1, 2]);
  graph.output('y', elementType.float, [1, 1]);
  const halves = graph.constant('w', [2, 1], Uint16Array.of(toHalf(0.5), toHalf(-3)));
  const product = graph.node('MatMul', ['x', graph.node('Cast', [halves], { to: elementType.float })]);
  graph.nodeTo(['y'], 'Add', [product, graph.scalar(0.25)]);
  const session = await openSession(graph.model());
  const results = await session.run({ x: floatTensor(Float32Array.of(4, 1), [1, 2]) });
  expect([...floatsOf(results, 'y')]).toEqual([-0.75]);
  expect(() => floatsOf(results, 'z')).toThrow(/output "z"/);
  await session.release();
});

test('metadata written into a model is read back', () => {
  const graph = newGraph();
  graph.output('y', elementType.float, []);
  graph.nodeTo(['y'], 'Identity', [graph.scalar(1)]);
  const metadata = { 'Image.BitmapPixelFormat': 'Bgr8', other: 'größer' };
  expect(Object.fromEntries(readModel(graph.model(metadata)).metadata)).toEqual(metadata);
  expect(readModel(graph.model()).metadata.size).toBe(0);
});
