/** The pages around the tables in one chunk: they have their style and most of their parts in common. */

export { Page as Leaderboard } from "./leaderboard";
export { Page as Player } from "./player";
