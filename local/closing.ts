/** Things to close, last opened first; closing twice is harmless. */
export type Closing = {
  /** Registers the closing of something just opened and hands it back. */
  add<T extends { close(): Promise<void> }>(opened: T): T;
  close(): Promise<void>;
};

export function createClosing(): Closing {
  const opened: { close(): Promise<void> }[] = [];
  let closed: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const each of opened.toReversed()) await each.close().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw new AggregateError(errors, 'Some parts did not close.');
  }
  return {
    add(each) {
      opened.push(each);
      return each;
    },
    close() {
      closed ??= closeAll();
      return closed;
    },
  };
}
