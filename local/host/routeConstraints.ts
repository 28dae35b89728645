type Check = (value: string) => boolean;

const number = (text: string | undefined) => Number(text ?? Number.NaN);

/** https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints, those without quotes or braces. */
const CONSTRAINTS: Record<string, (args: string[]) => Check> = {
  int: () => (value) => /^[+-]?\d+$/.test(value) && Math.abs(Number(value)) <= 2 ** 31,
  long: () => (value) => /^[+-]?\d+$/.test(value),
  bool: () => (value) => /^(?:true|false)$/i.test(value),
  guid: () => (value) => /^[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(value),
  alpha: () => (value) => /^[a-z]*$/i.test(value),
  decimal: () => (value) => /^[+-]?\d+(?:\.\d+)?$/.test(value),
  double: () => (value) => /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value),
  min:
    ([least]) =>
    (value) =>
      Number(value) >= number(least),
  max:
    ([most]) =>
    (value) =>
      Number(value) <= number(most),
  range:
    ([least, most]) =>
    (value) =>
      Number(value) >= number(least) && Number(value) <= number(most),
  minlength:
    ([least]) =>
    (value) =>
      value.length >= number(least),
  maxlength:
    ([most]) =>
    (value) =>
      value.length <= number(most),
  length:
    ([least, most]) =>
    (value) =>
      value.length >= number(least) && value.length <= number(most ?? least),
};

/** Reads "int" or "range(1,9)". @throws for a constraint this host does not know */
export function parseConstraint(text: string): Check {
  const [, name = '', args = ''] = /^(\w+)(?:\((.*)\))?$/.exec(text) ?? [];
  const make = CONSTRAINTS[name.toLowerCase()];
  if (!make)
    throw new Error(
      `unknown route constraint "${text}"; this host knows ${Object.keys(CONSTRAINTS).join(', ')}`,
    );
  return make(args.split(',').map((arg) => arg.trim()));
}
