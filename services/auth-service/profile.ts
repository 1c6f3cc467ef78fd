const dimensions = 3_072;

/** A customer's taste as a vector, the same every time for the same customer. */
export function profileOf(customer: string): Float64Array {
  let state = 2_166_136_261;
  for (let index = 0; index < customer.length; index++) {
    state = Math.imul(state ^ customer.charCodeAt(index), 16_777_619);
  }
  const profile = new Float64Array(dimensions);
  for (let index = 0; index < dimensions; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    profile[index] = state / 2 ** 31;
  }
  return profile;
}
