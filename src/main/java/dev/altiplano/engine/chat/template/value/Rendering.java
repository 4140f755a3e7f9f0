package dev.altiplano.engine.chat.template.value;

import dev.altiplano.engine.chat.template.text.TemplateException;
import dev.altiplano.engine.chat.template.text.Text;
import dev.altiplano.engine.chat.template.text.TextBuilder;
import java.time.LocalDateTime;

/**
 * The state of one rendering: where output goes, which names are seen, and what may still be spent. Work is counted in units
 * of some 16 bytes of memory or one operation, so one budget bounds time and memory; it grows with what the request brings,
 * as a template does something for every message, and is fixed otherwise.
 */
public final class Rendering {

    private static final long WORK = 250_000;
    private static final long WORK_PER_VALUE = 1_000;
    private static final long WORK_PER_CHARACTER = 16;
    private static final int CHARACTERS_PER_UNIT = 16;
    /** Of nested statements, expressions and macro calls together; far below what a thread's stack holds. */
    private static final int MAX_DEPTH = 900;

    private final LocalDateTime now;
    private final boolean strict;
    private long work;
    private int depth;
    private Scope scope;
    private TextBuilder out = new TextBuilder();

    public Rendering(Scope scope, LocalDateTime now, boolean strict, long values, long characters) {
        this.scope = scope;
        this.now = now;
        this.strict = strict;
        this.work = WORK + WORK_PER_VALUE * values + WORK_PER_CHARACTER * characters;
    }

    public LocalDateTime now() {
        return now;
    }

    /** Whether undefined values are refused rather than printed as nothing. */
    public boolean strict() {
        return strict;
    }

    public Scope scope() {
        return scope;
    }

    /** Sees the names of another scope from now on; returns the one before, to go back to. */
    public Scope enter(Scope other) {
        Scope before = scope;
        scope = other;
        return before;
    }

    public TextBuilder out() {
        return out;
    }

    /** Sends output elsewhere from now on; returns the place before, to go back to. */
    public TextBuilder redirect(TextBuilder other) {
        TextBuilder before = out;
        out = other;
        return before;
    }

    /** Pays for {@code units} of work before it is done. */
    public void spend(long units) {
        work -= units;
        if (work < 0) {
            throw TemplateException.of(
                    "the template does too much work for these messages (loops or strings that grow without end?)");
        }
    }

    /** Pays for a string of this length. */
    public void spendCharacters(long length) {
        spend(1 + length / CHARACTERS_PER_UNIT);
    }

    /** Goes {@code levels} deeper. */
    public void descend(int levels) {
        depth += levels;
        if (depth > MAX_DEPTH) {
            throw TemplateException.of("macros or loops call each other too deeply (do they end?)");
        }
    }

    public void ascend(int levels) {
        depth -= levels;
    }

    /** Writes a value as the template prints it. */
    public void print(Object value) {
        if (value instanceof Text text) {
            spendCharacters(text.length());
            out.append(text);
        } else {
            Display.print(this, value, out);
        }
    }
}
