package dev.altiplano.engine.tokenizer.rules;

import dev.altiplano.engine.tokenizer.regex.Matcher;
import dev.altiplano.engine.tokenizer.regex.Regex;

/** Cuts at the matches of an expression, or at what lies between them. */
final class RegexSplitter implements Splitter {

    private final Regex pattern;
    private final SplitBehavior behavior;
    private final boolean inverted;

    RegexSplitter(Regex pattern, SplitBehavior behavior, boolean inverted) {
        this.pattern = pattern;
        this.behavior = behavior;
        this.inverted = inverted;
    }

    @Override
    public Pieces split(Pieces pieces) {
        Pieces result = pieces.empty();
        Cuts cuts = new Cuts(result);
        Matcher matcher = pattern.matcher(pieces.text());
        for (int i = 0; i < pieces.count(); i++) {
            int at = pieces.start(i);
            int end = pieces.end(i);
            matcher.reset(at, end);
            cuts.begin(at);
            while (matcher.find()) {
                cuts.stretch(at, matcher.start(), inverted);
                cuts.match(matcher.start(), matcher.end(), !inverted);
                at = matcher.end();
            }
            cuts.stretch(at, end, inverted);
            cuts.finish();
        }
        return result;
    }

    /** Puts the stretches of one piece, matches and what lies between, together as the behavior says. */
    private final class Cuts {

        private final Pieces result;
        /** The piece that may still grow: what comes next is either put to it or ends it. */
        private int start;

        private int end;
        private boolean lastIsMatch;

        Cuts(Pieces result) {
            this.result = result;
        }

        void begin(int at) {
            start = at;
            end = at;
            lastIsMatch = false;
        }

        void stretch(int from, int to, boolean isMatch) {
            if (from < to) {
                match(from, to, isMatch);
            }
        }

        void match(int from, int to, boolean isMatch) {
            boolean joins = switch (behavior) {
                case ISOLATED, REMOVED -> false;
                case MERGED_WITH_PREVIOUS -> isMatch && !lastIsMatch;
                case MERGED_WITH_NEXT -> lastIsMatch && !isMatch;
                case CONTIGUOUS -> isMatch == lastIsMatch;
            };
            if (!joins) {
                finish();
                start = from;
            }
            end = to;
            lastIsMatch = isMatch;
        }

        void finish() {
            if (!(lastIsMatch && behavior == SplitBehavior.REMOVED)) {
                result.add(start, end);
            }
        }
    }
}
