// A variant as it is typed: a text for each weight, and the name of a vector space; empty ones are as in everybody's searches.
import type { ExperimentVariant } from "../api/experiments";

export const WEIGHTS = ["image", "text", "words", "properties", "freshness", "taste"] as const;
export type Weight = (typeof WEIGHTS)[number];
export const mostOf = (weight: Weight) => (weight === "taste" ? 0.5 : 100);

export interface TypedVariant {
  space: string;
  weights: Record<Weight, string>;
}

export function typedOf({ space = "", weights = {} }: ExperimentVariant): TypedVariant {
  return { space, weights: Object.fromEntries(WEIGHTS.map((name) => [name, weights[name]?.toString() ?? ""])) as TypedVariant["weights"] };
}

const isWrong = (weight: Weight, text: string) => !(Number(text) >= 0 && Number(text) <= mostOf(weight));

// The weights that are no numbers within their bounds.
export const wrongWeights = ({ weights }: TypedVariant): Weight[] => WEIGHTS.filter((name) => weights[name].trim() !== "" && isWrong(name, weights[name]));

export function variantOf({ space, weights }: TypedVariant): ExperimentVariant {
  const given = WEIGHTS.filter((name) => weights[name].trim() !== "").map((name) => [name, Number(weights[name])] as const);
  return { ...(space.trim() && { space: space.trim() }), ...(given.length > 0 && { weights: Object.fromEntries(given) }) };
}

export const isAsAlways = (variant: ExperimentVariant) => !variant.space && Object.keys(variant.weights ?? {}).length === 0;
