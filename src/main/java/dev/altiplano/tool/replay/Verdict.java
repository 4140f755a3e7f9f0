package dev.altiplano.tool.replay;

/** What became of one recorded request. */
sealed interface Verdict {

    /** Its answer has the same bits. */
    record Same() implements Verdict {}

    /** It has not, or there was none; {@code what} says where. */
    record Differs(String what) implements Verdict {}

    /** It was not compared, because {@code why}: another fingerprint promises other bits. */
    record OtherFingerprint(String why) implements Verdict {}

    /** It cannot be compared, because {@code why}. */
    record Skipped(String why) implements Verdict {}
}
