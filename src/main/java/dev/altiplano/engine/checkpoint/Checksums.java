package dev.altiplano.engine.checkpoint;

import java.util.HexFormat;

/** How a mismatch of checksums is put. */
final class Checksums {

    private Checksums() {}

    static String crcMismatch(String part, int stated, int actual) {
        HexFormat hex = HexFormat.of();
        return part + " is damaged: its CRC-32 is " + hex.toHexDigits(actual) + ", the archive states "
                + hex.toHexDigits(stated);
    }
}
