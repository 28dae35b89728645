import real from './examples.json' with { type: 'json' };

/**
 * Answers of the app as it ran on one machine, written down by its own test; none is made up. Its models go by other names
 * here, since the document is open to everybody.
 */
export const examples = real;
