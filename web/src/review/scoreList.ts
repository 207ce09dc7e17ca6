import type { ImageFlag } from "./reviews";

// The classes that the classifier saw in an image, the likeliest first, with whole percents; none below one percent.
export function scoreList(flag: ImageFlag): [name: string, percent: number][] {
  return Object.entries(flag.scores ?? {})
    .map(([name, score]): [string, number] => [name, Math.round(score * 100)])
    .filter(([, percent]) => percent >= 1)
    .sort((one, other) => other[1] - one[1]);
}
