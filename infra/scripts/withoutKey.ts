/** A text with the value of every `code=` in it hidden. */
export const withoutKey = (text: string): string => text.replace(/([?&]code=)[^&"'\s]+/gu, '$1…');
