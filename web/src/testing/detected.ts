import type { DetectedGarment, Detection } from "../api/detect";

export const detected = (category: string, [left, top, right, bottom]: [number, number, number, number], index = 0, confidence = 0.9): DetectedGarment => ({
  index,
  box: { left, top, right, bottom },
  category,
  confidence,
});

export const TOP = detected("tops", [0.1, 0.1, 0.5, 0.5]);
export const BOTTOMS = detected("bottoms", [0.5, 0.4, 0.9, 0.9], 1, 0.8);
export const SHOES = detected("shoes", [0.1, 0.8, 0.3, 0.9], 2, 0.7);

export const detection = (...garments: DetectedGarment[]): Detection => ({ width: 300, height: 400, garments });
