package dev.altiplano.engine.simulation;

import dev.altiplano.engine.Engine;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * A mistake that somebody might make: one piece of a source file of the engine, and what stands there instead. The changed class is
 * compiled and loaded beside the real one, with everything else of the engine and the simulation loaded once more around it.
 *
 * @param file the class that is changed, below {@code dev/altiplano/engine}
 * @param piece what stands there; exactly once, so that the fault notices when the source has moved on
 * @param mistake what is compiled instead
 */
record PlantedFault(String name, String file, String piece, String mistake) {

    private static final Path ENGINE = Path.of("src/main/java/dev/altiplano/engine");

    static final List<PlantedFault> ALL = List.of(
            new PlantedFault(
                    "a KV block is leaked when a sequence gives its blocks back",
                    "cache/BlockTable",
                    "while (size > firstHeld) {",
                    "while (size > firstHeld + 1) {"),
            new PlantedFault(
                    "a KV block that two hold is free when one gives it back",
                    "cache/BlockPool",
                    "if (--holders[block] > 0) {",
                    "if (--holders[block] > 1) {"),
            new PlantedFault(
                    "nobody wakes the engine for a request",
                    "run/RequestSubmission",
                    "throw ledger.refused(request, refusal);\n        }\n        wake.run();",
                    "throw ledger.refused(request, refusal);\n        }"),
            new PlantedFault(
                    "a request that ended in the queue stays there and ends once more",
                    "run/EngineLoop",
                    "request.cancelledFor());\n            return true;",
                    "request.cancelledFor());\n            return false;"),
            new PlantedFault(
                    "preemption makes room for one KV block too few",
                    "schedule/Scheduler",
                    "while (sequence.table().missingFor(tokens) > pool.available()) {",
                    "while (sequence.table().missingFor(tokens) - 1 > pool.available()) {"),
            new PlantedFault(
                    "a preempted sequence takes itself for computed",
                    "schedule/Sequence",
                    "inserted = alreadyComputed / blocks.blockTokens();",
                    "computed = began ? Math.max(0, promptLength - 1) : computed;\n"
                            + "inserted = alreadyComputed / blocks.blockTokens();"),
            new PlantedFault(
                    "a prefix is still known when its KV block is overwritten",
                    "cache/BlockPool",
                    "known[block] = false;\n            eviction.evicted(block);",
                    ""),
            new PlantedFault(
                    "prefixes are shared between cache salts",
                    "cache/PrefixCache",
                    "parent == ROOT ? salt : \"\"",
                    "\"\""),
            new PlantedFault(
                    "prefixes are shared between adapters",
                    "request/GenerationSequence",
                    "return request.adapterDigest() + \"\\u0000\" + request.request().client().cacheSalt();",
                    "return request.request().client().cacheSalt();"),
            new PlantedFault(
                    "a place in the queue is kept when memory runs out while a request is read",
                    "run/RequestSubmission",
                    "} catch (RuntimeException | Error e) {\n            queue.release();",
                    "} catch (RuntimeException e) {\n            queue.release();"),
            new PlantedFault(
                    "tokens of what ended in the queue stay counted",
                    "queue/RequestQueue",
                    "                tokens -= each.tokens;\n                return true;",
                    "                return true;"),
            new PlantedFault(
                    "a cancelled request goes on once it runs",
                    "run/EngineLoop",
                    "requests.expire(now);",
                    "if (now == 0) { requests.expire(now); }"),
            new PlantedFault(
                    "siblings share the KV block into which both write",
                    "schedule/Scheduler",
                    "int blocks = Math.min(limit, sequence.promptLength()) / blockTokens;",
                    "int blocks = Math.ceilDiv(Math.min(limit, sequence.promptLength()), blockTokens);"),
            new PlantedFault(
                    "siblings share what one of them has generated",
                    "schedule/Scheduler",
                    "int blocks = Math.min(limit, sequence.promptLength()) / blockTokens;",
                    "int blocks = limit / blockTokens;"),
            new PlantedFault(
                    "generated rows are reused as rows of a prompt",
                    "schedule/Scheduler",
                    "int reusable = oneRule ? sequence.computed() : Math.min(sequence.computed(), sequence.promptLength());",
                    "int reusable = sequence.computed();"),
            new PlantedFault(
                    "the rows of refused drafts count as computed",
                    "schedule/Scheduler",
                    "sequence.advance(done.rows(part) - sequence.drafted());",
                    "sequence.advance(done.rows(part) - sequence.drafted() / 2);"),
            new PlantedFault(
                    "KV blocks are given back that a window still sees",
                    "schedule/Scheduler",
                    "return Math.max(0, position - window + 1);",
                    "return Math.max(0, position - window + 17);"),
            new PlantedFault(
                    "a client keeps the place of a preempted sequence",
                    "schedule/FairShare",
                    "tenant.running(-1);\n        tenant.waiting(1);",
                    "tenant.waiting(1);"),
            new PlantedFault(
                    "nobody makes places for a client that has none",
                    "schedule/Scheduler",
                    "if (running.size() < maxSequences) {",
                    "if (running.size() >= 0) {"),
            new PlantedFault(
                    "a client whose sequences end within a step gets every place",
                    "schedule/FairShare",
                    ": own.lastPlaced() < other.lastPlaced();",
                    ": false;"),
            new PlantedFault(
                    "nobody takes the next step when all that was admitted ended at once",
                    "run/EngineLoop",
                    "return admitted;",
                    "return false;"),
            new PlantedFault(
                    "a request begins although it was to end",
                    "request/ActiveRequest",
                    "return nowNanos - deadlineNanos >= 0 ? Outcome.TIMEOUT : null;",
                    "return nowNanos - deadlineNanos >= 0 && startedNanos >= 0 ? Outcome.TIMEOUT : null;"),
            new PlantedFault(
                    "an outcome is counted and its reader is not told",
                    "run/Ledger",
                    "request.tell(summary);",
                    "if (summary.queueNanos() >= 0) { request.tell(summary); }"),
            new PlantedFault(
                    "a request that never ran is taken off those that run",
                    "run/Ledger",
                    "if (summary.queueNanos() >= 0) {",
                    "if (summary.queueNanos() >= -1) {"),
            new PlantedFault(
                    "the penalties of a sampled token come one token late",
                    "request/GenerationSequence",
                    "processor.accept(token);",
                    "if (drafted() == 0) { processor.accept(token); }"),
            new PlantedFault(
                    "what a draft model chose counts for penalties and masks",
                    "speculate/DraftChooser",
                    "processor.rollBack(told);",
                    "processor.rollBack(told / 2);"),
            new PlantedFault(
                    "a draft model keeps the KV blocks of what has ended",
                    "request/GenerationSequence",
                    "drafts.release();",
                    "drafts.toString();"),
            new PlantedFault(
                    "what a draft model drafted wrongly stays in its KV memory",
                    "speculate/ModelDrafter",
                    "computed += Math.min(accepted, ahead);",
                    "computed += ahead;"),
            new PlantedFault(
                    "nobody looks at the checksum of what a file of prefixes holds",
                    "cache/tier/TierFile",
                    "return (int) sum.getValue() == header.contentSum();",
                    "return true;"),
            new PlantedFault(
                    "a KV block that changes while it is written to a file is taken for what it was",
                    "cache/tier/TierFile",
                    "if (!unchanged.getAsBoolean()) {",
                    "if (block < 0) {"),
            new PlantedFault(
                    "what could not be read from a file counts as read",
                    "schedule/PrefixLoads",
                    "int whole = each.found + each.load.loaded();",
                    "int whole = each.table.size();"),
            new PlantedFault(
                    "nobody wakes the engine when a prefix has been read from a file",
                    "cache/tier/TierLoad",
                    "over = true;\n        ended.run();",
                    "over = true;"),
            new PlantedFault(
                    "prefixes in a file are shared between cache salts",
                    "cache/tier/HostTier",
                    "return PrefixHash.root(fingerprint, salt);",
                    "return PrefixHash.root(fingerprint, \"\");"));

    @Override
    public String toString() {
        return name;
    }

    /** Whether it may show in the run of {@code seed}: nothing of the host tier does where there is no disk. */
    boolean mayShow(long seed) {
        boolean needsDisk = file.startsWith("cache/tier/") || file.equals("schedule/PrefixLoads");
        return !needsDisk || Scenario.of(seed).disk() != null;
    }

    /** Compiles the changed class into {@code folder}, and gives what runs seeds with it. */
    @SuppressWarnings("unchecked")
    LongFunction<@Nullable String> plant(Path folder) throws IOException, ReflectiveOperationException {
        Path source = ENGINE.resolve(file + ".java");
        String text = Files.readString(source);
        int at = text.indexOf(piece);
        if (at < 0 || text.indexOf(piece, at + 1) >= 0) {
            throw new IllegalStateException("\"" + piece + "\" does not stand exactly once in " + source + ": plant \""
                    + name + "\" elsewhere");
        }
        Path changed = folder.resolve("source").resolve(source.getFileName());
        Files.createDirectories(changed.getParent());
        Files.writeString(changed, text.replace(piece, mistake));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        compile(changed, classes);
        URL[] path = {classes.toUri().toURL(), place(Setup.class), place(Engine.class)};
        return (LongFunction<@Nullable String>) new Loader(path)
                .loadClass(SeedRunner.class.getName())
                .getConstructor()
                .newInstance();
    }

    private void compile(Path source, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp"));
            options.add(place(Engine.class).getPath()
                    + File.pathSeparator
                    + place(NullMarked.class).getPath());
            Iterable<? extends JavaFileObject> units = files.getJavaFileObjects(source);
            StringWriter said = new StringWriter();
            if (!compiler.getTask(said, files, null, options, null, units).call()) {
                throw new IllegalStateException("\"" + name + "\" does not compile: " + said);
            }
        }
    }

    private static URL place(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    /** Loads the product's classes once more, the changed one first; all others come from where they always come. */
    private static final class Loader extends URLClassLoader {

        Loader(URL[] path) {
            super(path, PlantedFault.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.altiplano.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
    }
}
