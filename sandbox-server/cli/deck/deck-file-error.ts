/** What stands in the way of a deck's file, in a sentence for the author. */
export class DeckFileError extends Error {}
