package dev.altiplano.engine.tokenizer.vocabulary;

import dev.altiplano.engine.tokenizer.Quote;
import dev.altiplano.engine.tokenizer.TokenizerException;
import java.util.ArrayList;
import java.util.List;

/** Two tokens that make a third where they stand side by side. */
public record Merge(String left, String right) {

    /** The merges of lines with a space between the two tokens. Throws {@link TokenizerException} naming a line that is none. */
    public static List<Merge> ofLines(List<String> lines) {
        List<Merge> merges = new ArrayList<>(lines.size());
        for (String line : lines) {
            merges.add(ofLine(line, merges.size()));
        }
        return merges;
    }

    /** The merge of a line; {@code number} is named where it is none. */
    public static Merge ofLine(String line, int number) {
        int space = line.indexOf(' ', 1);
        if (space < 0 || space == line.length() - 1) {
            throw new TokenizerException(
                    "merge " + number + " " + Quote.of(line) + " is not two tokens with a space between");
        }
        return new Merge(line.substring(0, space), line.substring(space + 1));
    }
}
