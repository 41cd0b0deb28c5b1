/** A start that cannot succeed, in words that name the cause and the cure: shown without a stack trace. */
export class Problem extends Error {
  expected = true;
}
