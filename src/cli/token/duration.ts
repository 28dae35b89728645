/** A length of time in words, in its two largest units: `23 h 59 min`. */
export function durationText(milliseconds: number): string {
  const minutes = Math.floor(Math.abs(milliseconds) / 60_000);
  if (minutes < 1) return 'less than a minute';
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const units = [days && `${days} d`, hours && `${hours} h`, rest && `${rest} min`].filter(Boolean);
  return units.slice(0, 2).join(' ');
}
