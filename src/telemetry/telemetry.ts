import type { CounterName, TimeName } from './metrics.ts';

/** The parts of one picture’s way. */
export type SpanName = 'receive' | 'token' | 'fit' | 'predict' | 'write' | 'tell';

/** Numbers and words of closed sets or of the settings: no picture’s name, no address, nothing a caller wrote. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** For what is known only in the end. */
export type Note = (attributes: Attributes) => void;

export type Telemetry = {
  span<T>(name: SpanName, attributes: Attributes, work: (note: Note) => Promise<T>): Promise<T>;
  count(name: CounterName, attributes: Attributes): void;
  time(name: TimeName, attributes: Attributes, seconds: number): void;
  /** Sends what is left. Never rejects. */
  end(): Promise<void>;
};

let telemetry: Telemetry | undefined;

/** From here on spans and counts are told. */
export function turnOn(made: Telemetry): void {
  telemetry = made;
}

const unheard: Note = () => {};

/** Work as a part of the invocation that it runs in; with TELEMETRY off just the work. */
export const span = <T>(
  name: SpanName,
  attributes: Attributes,
  work: (note: Note) => Promise<T>,
): Promise<T> => (telemetry ? telemetry.span(name, attributes, work) : work(unheard));

export const count = (name: CounterName, attributes: Attributes): void => telemetry?.count(name, attributes);

export const time = (name: TimeName, attributes: Attributes, seconds: number): void =>
  telemetry?.time(name, attributes, seconds);

/** At the end of the process. */
export const endTelemetry = async (): Promise<void> => telemetry?.end();
