// Which two photos a person means who says "not the same garment": of two selected ones the later differs from the first; one
// alone differs from the centre. Undefined for any other selection.
export function differing(selected: string[], centre: string): [image: string, other: string] | undefined {
  const [first, second] = selected;
  if (first === undefined || selected.length > 2) return undefined;
  if (second !== undefined) return [second, first];
  return first === centre ? undefined : [first, centre];
}
