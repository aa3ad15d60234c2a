/** A player is a colour and a shape, always both. Paths in a box of 100 by 100. */
export const SHAPES: readonly string[] = [
  "M50 12a38 38 0 1 0 0 76a38 38 0 1 0 0-76z",
  "M50 12L94 86H6z",
  "M16 16h68v68H16z",
  "M50 6L94 50L50 94L6 50z",
  "M50 6l13 29 31 4-23 22 6 31-27-15-27 15 6-31L6 39l31-4z",
  "M36 8h28v28h28v28H64v28H36V64H8V36h28z",
  "M50 8l42 31-16 49H24L8 39z",
  "M28 12h44l22 38-22 38H28L6 50z",
];
