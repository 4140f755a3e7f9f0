package dev.altiplano.engine.kernel.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.altiplano.engine.kernel.AttentionPlan;
import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.Packing;
import dev.altiplano.engine.kernel.WeightFormat;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;

/**
 * What the library says of its structures and numbers (abi.c), compared once with what Java believes: a library that was made
 * from other sources is refused before anything is written where it would be misread.
 */
final class NativeFacts {

    private static final int MOST = 1024;
    private static final int NAME_BYTES = 40;
    private static final int FACT_BYTES = NAME_BYTES + 8;

    private final Map<String, Long> values = new HashMap<>();

    private NativeFacts() {}

    /** Compares all of them; throws an exception that names the first difference. */
    static void check(SymbolLookup lookup) throws NativeLibrary.UnavailableException {
        NativeFacts facts = new NativeFacts();
        facts.read(find(lookup, "altiplano_facts").reinterpret((long) MOST * FACT_BYTES));
        facts.structure("linear_job", LinearJob.LAYOUT);
        facts.structure("matrix", LinearJob.MATRIX);
        facts.structure("attention", AttentionArguments.LAYOUT);
        facts.structure("part", AttentionPlan.PART);
        facts.number("record", LinearJob.RECORD_BYTES);
        facts.number("KINDS", LinearJob.KINDS);
        facts.number("MAX_STACK", LinearJob.MAX_STACK);
        facts.number("SCRATCH_BYTES", LinearJob.SCRATCH_BYTES);
        facts.number("SECTION", AttentionPlan.SECTION);
        facts.number("TILE_QUERIES", AttentionArguments.TILE_QUERIES);
        facts.number("KV_F32", AttentionArguments.KV_F32);
        facts.number("KV_F16", AttentionArguments.KV_F16);
        facts.number("KV_Q8", AttentionArguments.KV_Q8);
        facts.number("KV_I16", AttentionArguments.KV_I16);
        for (InstructionSet set : InstructionSet.values()) {
            facts.number(set.name(), set.code());
        }
        for (Packing packing : Packing.values()) {
            facts.number(packing.name(), packing.code());
        }
        strips(find(lookup, "altiplano_strip_bytes"));
    }

    private void read(MemorySegment table) throws NativeLibrary.UnavailableException {
        for (long at = 0; table.get(JAVA_BYTE, at) != 0; at += FACT_BYTES) {
            if (at >= (long) (MOST - 1) * FACT_BYTES) {
                throw new NativeLibrary.UnavailableException("its table altiplano_facts has no end");
            }
            values.put(table.getString(at), table.get(JAVA_LONG, at + NAME_BYTES));
        }
    }

    private void structure(String name, StructLayout layout) throws NativeLibrary.UnavailableException {
        number(name, layout.byteSize());
        for (MemoryLayout member : layout.memberLayouts()) {
            if (member.name().isPresent()) {
                String field = member.name().get();
                number(name + "." + field, layout.byteOffset(MemoryLayout.PathElement.groupElement(field)));
            }
        }
    }

    private void number(String name, long expected) throws NativeLibrary.UnavailableException {
        Long found = values.get(name);
        if (found == null || found != expected) {
            throw new NativeLibrary.UnavailableException(
                    "its " + name + " is " + (found == null ? "not there" : found)
                            + " where this version of the service needs " + expected
                            + ": it was built from other sources; build it again from src/main/c, or take the one inside the jar");
        }
    }

    private static void strips(MemorySegment function) throws NativeLibrary.UnavailableException {
        MethodHandle stripBytes = Linker.nativeLinker()
                .downcallHandle(
                        function,
                        FunctionDescriptor.of(
                                JAVA_LONG,
                                java.lang.foreign.ValueLayout.JAVA_INT,
                                java.lang.foreign.ValueLayout.JAVA_INT));
        for (WeightFormat format : WeightFormat.values()) {
            int columns = format.blockElements() == 256 ? 768 : 352;
            if (format.nativeFormat() != format) {
                continue;
            }
            long expected = PackedLayout.stripBytes(format, columns);
            long found = call(stripBytes, format.packing().code(), columns);
            if (found != expected) {
                throw new NativeLibrary.UnavailableException(
                        "it takes " + found + " bytes for 16 rows of " + columns + " columns of " + format
                                + " where Java packs " + expected + ": it was built from other sources");
            }
        }
    }

    private static long call(MethodHandle stripBytes, int code, int columns) {
        try {
            return (long) stripBytes.invokeExact(code, columns);
        } catch (Throwable thrown) {
            throw new IllegalStateException("altiplano_strip_bytes could not be called", thrown);
        }
    }

    private static MemorySegment find(SymbolLookup lookup, String name) throws NativeLibrary.UnavailableException {
        return lookup.find(name)
                .orElseThrow(() -> new NativeLibrary.UnavailableException(
                        "it lacks " + name + ": it was built from other sources; build it again from src/main/c"));
    }
}
