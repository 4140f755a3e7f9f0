package dev.altiplano.server.api.resume;

/**
 * How much of a choice has been sent.
 *
 * @param begun whether its first chunk has: a prompt's echo and scores, or a role
 * @param finished whether its finish reason has
 * @param characters code points of its text
 * @param pieces what goes out whole beside text: halves of tool calls
 * @param scores tokens whose scores went out
 * @param textDigest CRC-32C of text and pieces
 * @param scoreDigest CRC-32C of the bits of the scores' log probabilities
 */
record ChoicePosition(
        boolean begun, boolean finished, int characters, int pieces, int scores, int textDigest, int scoreDigest) {

    /** Nothing has been sent. */
    static final ChoicePosition NOTHING = new ChoicePosition(false, false, 0, 0, 0, 0, 0);
}
