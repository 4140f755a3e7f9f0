package dev.altiplano.engine.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that happens to a file while an engine loads it or serves from it.
 *
 * @param copied whether a good packed copy of the weights is there at the start; without one it is being written
 */
record FileFault(Target target, Kind kind, boolean copied) {

    /** The files that are mapped, cached or kept for the next start. */
    enum Target {
        /** The model's file. */
        MODEL,
        /** The packed copy of its weights, while it is written and while it is read. */
        COPY,
        /** What is fetched from a server, while it comes and when it has come. */
        FETCHED
    }

    /** What happens. */
    enum Kind {
        /** The process is killed: what it was writing stays as it is. */
        KILL,
        TRUNCATE,
        /** Some bytes are replaced in place. */
        REWRITE,
        REMOVE,
        /** From some byte on the disk answers EIO, and mapped pages SIGBUS. */
        UNREADABLE,
        /** From some byte on the disk takes nothing. */
        UNWRITABLE
    }

    /**
     * All that can happen.
     *
     * @param failingDisk whether {@link Kind#UNREADABLE} and {@link Kind#UNWRITABLE} can be had
     */
    static List<FileFault> all(boolean failingDisk) {
        List<FileFault> all = new ArrayList<>();
        for (Target target : Target.values()) {
            for (Kind kind : Kind.values()) {
                for (boolean copied : new boolean[] {false, true}) {
                    FileFault fault = new FileFault(target, kind, copied);
                    if (fault.isPossible() && (failingDisk || fault.isAtATime())) {
                        all.add(fault);
                    }
                }
            }
        }
        return all;
    }

    private boolean isPossible() {
        return switch (kind) {
            case KILL, TRUNCATE, REMOVE -> !(target == Target.FETCHED && copied);
            // Who may write there after the sums were compared may also put another model there.
            case REWRITE -> target != Target.FETCHED;
            case UNREADABLE -> target == Target.COPY ? copied : !copied;
            case UNWRITABLE -> !copied && target != Target.MODEL;
        };
    }

    /** Whether it happens at a moment, and not at a place of the file. */
    boolean isAtATime() {
        return kind != Kind.UNREADABLE && kind != Kind.UNWRITABLE;
    }

    /** Whether a model may be refused for it: a copy can always be done without. */
    boolean mayRefuse() {
        return target != Target.COPY && kind != Kind.KILL;
    }

    /** Whether the next start may refuse what is left of it: a file that was fetched and is no longer what it was. */
    boolean mayRefuseLater() {
        return target == Target.FETCHED && kind == Kind.TRUNCATE;
    }
}
