package dev.altiplano.engine.checkpoint.torch;

import dev.altiplano.engine.checkpoint.content.ByteCursor;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.checkpoint.torch.Pickled.Dict;
import dev.altiplano.engine.checkpoint.torch.Pickled.Global;
import dev.altiplano.engine.checkpoint.torch.Pickled.Inert;
import dev.altiplano.engine.checkpoint.torch.Pickled.Mark;
import dev.altiplano.engine.checkpoint.torch.Pickled.None;
import dev.altiplano.engine.checkpoint.torch.Pickled.Opaque;
import dev.altiplano.engine.checkpoint.torch.Pickled.Storage;
import dev.altiplano.engine.checkpoint.torch.Pickled.Tuple;
import dev.altiplano.engine.checkpoint.torch.Pickled.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickle of a checkpoint without being Python: a stack machine that knows the opcodes torch.save uses, the few
 * names of {@link Global} and {@link InertGlobals}, and nothing that could run. What is beside the weights (an optimizer, arguments,
 * counters) is stepped over. An opcode, a name or a value beyond that is refused with its offset.
 */
final class Unpickler {

    private static final int MAX_DIMENSIONS = 8;
    /** Several times what the largest models need; bounds the objects that a small file can make. */
    private static final int MAX_OPCODES = 1 << 18;

    private final ByteCursor in;
    private final ArrayList<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private long at;

    private Unpickler(ByteCursor in) {
        this.in = in;
    }

    /** Reads the one object that {@code pickle} holds, up to its end. */
    static Object read(ByteCursor pickle) {
        return new Unpickler(pickle).run();
    }

    private Object run() {
        for (int count = 0; count < MAX_OPCODES; count++) {
            at = in.position();
            int opcode = in.u8("the pickle, which has no STOP");
            switch (opcode) {
                case 0x80 -> protocol(); // PROTO
                case 0x95 -> in.count("the length of a pickle frame", in.remaining() - 8); // FRAME
                case '(' -> push(Mark.MARK);
                case '}' -> push(new Dict()); // EMPTY_DICT
                case ')' -> push(new Tuple(List.of())); // EMPTY_TUPLE
                case ']' -> push(Opaque.LIST); // EMPTY_LIST
                case 'a' -> addTo(pop(1)); // APPEND
                case 'e' -> addTo(popToMark()); // APPENDS
                case 0x8f -> push(Opaque.SET); // EMPTY_SET
                case 0x90 -> addTo(popToMark()); // ADDITEMS
                case 'G' -> number(); // BINFLOAT
                case 'C' -> bytes(in.u8("SHORT_BINBYTES"));
                case 'B' -> bytes(in.u32("BINBYTES"));
                case 'X' -> push(text(in.u32("BINUNICODE")));
                case 0x8c -> push(text(in.u8("SHORT_BINUNICODE")));
                case 0x8d -> push(text(in.i64("BINUNICODE8")));
                case 'K' -> push((long) in.u8("BININT1"));
                case 'M' -> push((long) in.u16("BININT2"));
                case 'J' -> push((long) in.i32("BININT"));
                case 0x8a -> push(longInteger()); // LONG1
                case 'N' -> push(None.NONE);
                case 0x88 -> push(true); // NEWTRUE
                case 0x89 -> push(false); // NEWFALSE
                case 'q' -> memo.put((long) in.u8("BINPUT"), top());
                case 'r' -> memo.put(in.u32("LONG_BINPUT"), top());
                case 0x94 -> memo.put((long) memo.size(), top()); // MEMOIZE
                case 'h' -> push(remembered(in.u8("BINGET")));
                case 'j' -> push(remembered(in.u32("LONG_BINGET")));
                case 't' -> push(new Tuple(popToMark())); // TUPLE
                case 0x85 -> push(new Tuple(pop(1))); // TUPLE1
                case 0x86 -> push(new Tuple(pop(2))); // TUPLE2
                case 0x87 -> push(new Tuple(pop(3))); // TUPLE3
                case 'c' -> push(global(line(), line())); // GLOBAL
                case 0x93 -> stackGlobal();
                case 'Q' -> push(storage(pop())); // BINPERSID
                case 'R' -> reduce();
                case 0x81 -> newObject(); // NEWOBJ
                case 's' -> setItems(pop(2)); // SETITEM
                case 'u' -> setItems(popToMark()); // SETITEMS
                case 'b' -> build();
                case '.' -> {
                    return stop();
                }
                default -> throw wrong("opcode 0x" + Integer.toHexString(opcode) + " has no place in a checkpoint");
            }
        }
        throw wrong("the pickle has more than " + MAX_OPCODES + " opcodes");
    }

    private void protocol() {
        int protocol = in.u8("PROTO");
        if (protocol < 2 || protocol > 5) {
            throw wrong("pickle protocol " + protocol + " is not known (2 to 5 are)");
        }
    }

    private Object stop() {
        Object result = pop();
        if (!stack.isEmpty() || in.remaining() != 0) {
            throw wrong("the pickle goes on after its one object");
        }
        return result;
    }

    private String text(long length) {
        return in.utf8(length, 4096, "a string of the pickle");
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        for (int c = in.u8("GLOBAL"); c != '\n'; c = in.u8("GLOBAL")) {
            if (c < 0x20 || c > 0x7e || line.length() == 256) {
                throw wrong("a global's name is not plain text");
            }
            line.append((char) c);
        }
        return line.toString();
    }

    private long longInteger() {
        int length = in.u8("LONG1");
        if (length > 8) {
            throw wrong("an integer of " + length + " bytes");
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (long) in.u8("LONG1") << (8 * i);
        }
        int unused = 64 - 8 * length;
        return length == 0 ? 0 : value << unused >> unused;
    }

    private void number() {
        in.skip(8, "BINFLOAT");
        push(Opaque.NUMBER);
    }

    private void bytes(long length) {
        in.skip(length, "bytes of the pickle");
        push(Opaque.BYTES);
    }

    /** Items of a list or a set, which no weight is among: they are forgotten. */
    private void addTo(List<Object> items) {
        if (!(top() instanceof Opaque)) {
            throw wrong(items.size() + " items are added to something that is not a list");
        }
    }

    private Object global(String module, String symbol) {
        if (InertGlobals.contains(module, symbol)) {
            return new Inert(module + " " + symbol);
        }
        for (Global global : Global.values()) {
            if (global.module.equals(module) && global.symbol.equals(symbol)) {
                return global;
            }
        }
        throw wrong("the pickle refers to '" + module + " " + symbol
                + "', which the weights of a checkpoint do not need:" + " not loaded. Save the state dict alone");
    }

    private void stackGlobal() {
        List<Object> names = pop(2);
        if (names.get(0) instanceof String module && names.get(1) instanceof String symbol) {
            push(global(JsonObject.shorten(module), JsonObject.shorten(symbol)));
        } else {
            throw wrong("STACK_GLOBAL without two names");
        }
    }

    private Object storage(Object id) {
        List<Object> items = id instanceof Tuple tuple ? tuple.items() : List.of();
        if (items.size() == 5 && items.get(0).equals("storage") && items.get(1) instanceof Inert) {
            return Opaque.STORAGE;
        }
        if (items.size() == 5
                && items.get(0).equals("storage")
                && items.get(1) instanceof Global storageClass
                && items.get(2) instanceof String key
                && items.get(3) instanceof String
                && items.get(4) instanceof Long elements) {
            String className = storageClass.symbol;
            TensorType type = switch (storageClass) {
                case HALF_STORAGE -> TensorType.F16;
                case BFLOAT16_STORAGE -> TensorType.BF16;
                case FLOAT_STORAGE -> TensorType.F32;
                default -> throw wrong(className + " is not the class of a storage");
            };
            return new Storage(type, key, elements);
        }
        throw wrong("a persistent id other than ('storage', class, key, location, elements)");
    }

    private void reduce() {
        List<Object> call = pop(2);
        if (call.get(0) instanceof Inert && call.get(1) instanceof Tuple) {
            push(Opaque.OBJECT);
            return;
        }
        if (!(call.get(0) instanceof Global callable) || !(call.get(1) instanceof Tuple tuple)) {
            throw wrong("REDUCE of something that is not callable");
        }
        List<Object> arguments = tuple.items();
        String called = callable.symbol;
        push(
                switch (callable) {
                    case ORDERED_DICT -> {
                        if (!arguments.isEmpty()) {
                            throw wrong("an OrderedDict is made from arguments");
                        }
                        yield new Dict();
                    }
                    case REBUILD_TENSOR -> tensor(arguments);
                    case REBUILD_PARAMETER -> {
                        if (arguments.size() == 3
                                && (arguments.getFirst() instanceof View || arguments.getFirst() == Opaque.TENSOR)) {
                            yield arguments.getFirst();
                        }
                        throw wrong("_rebuild_parameter without its tensor");
                    }
                    default -> throw wrong(called + " is called");
                });
    }

    private void newObject() {
        List<Object> call = pop(2);
        if (!(call.get(0) instanceof Inert) || !(call.get(1) instanceof Tuple)) {
            throw wrong("NEWOBJ of something that is not a plain class");
        }
        push(Opaque.OBJECT);
    }

    private Object tensor(List<Object> arguments) {
        if (!arguments.isEmpty() && arguments.getFirst() == Opaque.STORAGE) {
            return Opaque.TENSOR;
        }
        if (arguments.size() >= 6
                && arguments.size() <= 7
                && arguments.get(0) instanceof Storage storage
                && arguments.get(1) instanceof Long offset
                && arguments.get(2) instanceof Tuple(List<Object> shape)
                && arguments.get(3) instanceof Tuple(List<Object> strides)
                && arguments.get(4) instanceof Boolean) {
            if (shape.size() > MAX_DIMENSIONS || strides.size() != shape.size()) {
                throw wrong("a tensor with " + shape.size() + " dimensions and " + strides.size() + " strides");
            }
            return new View(storage, offset, longs(shape), longs(strides));
        }
        throw wrong("_rebuild_tensor_v2 without (storage, offset, size, stride, requires_grad, hooks)");
    }

    private long[] longs(List<Object> items) {
        long[] longs = new long[items.size()];
        for (int i = 0; i < longs.length; i++) {
            if (!(items.get(i) instanceof Long number)) {
                throw wrong("a tensor's size or stride is not an integer");
            }
            longs[i] = number;
        }
        return longs;
    }

    private void setItems(List<Object> items) {
        if (top() instanceof Opaque) {
            return;
        }
        if (!(top() instanceof Dict dict) || items.size() % 2 != 0) {
            throw wrong("items are set on something that is not a dict");
        }
        for (int i = 0; i < items.size(); i += 2) {
            // Optimizers number their states: tensors of a model have names.
            if (items.get(i) instanceof String key && dict.items.put(key, items.get(i + 1)) != null) {
                throw wrong("the key " + JsonObject.shorten(key) + " is set twice");
            }
        }
    }

    /** module.state_dict() leaves a harmless attribute, {@code _metadata}, on its OrderedDict; no other state is taken. */
    private void build() {
        Object state = pop();
        if (top() instanceof Opaque) {
            return;
        }
        if (!(top() instanceof Dict)
                || !(state instanceof Dict attributes)
                || !attributes.items.keySet().stream().allMatch("_metadata"::equals)) {
            throw wrong("BUILD sets attributes other than _metadata");
        }
    }

    private Object remembered(long index) {
        Object value = memo.get(index);
        if (value == null) {
            throw wrong("the pickle refers to memo " + index + ", which was never set");
        }
        return value;
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object top() {
        if (stack.isEmpty() || stack.getLast() == Mark.MARK) {
            throw wrong("the pickle's stack is empty");
        }
        return stack.getLast();
    }

    private Object pop() {
        Object value = top();
        stack.removeLast();
        return value;
    }

    private List<Object> pop(int count) {
        int from = stack.size() - count;
        if (from < 0 || stack.subList(from, stack.size()).contains(Mark.MARK)) {
            throw wrong("the pickle's stack holds less than " + count + " values");
        }
        return popFrom(from, from);
    }

    private List<Object> popToMark() {
        int mark = stack.lastIndexOf(Mark.MARK);
        if (mark < 0) {
            throw wrong("the pickle's stack holds no mark");
        }
        return popFrom(mark + 1, mark);
    }

    private List<Object> popFrom(int first, int bottom) {
        List<Object> values = List.copyOf(stack.subList(first, stack.size()));
        stack.subList(bottom, stack.size()).clear();
        return values;
    }

    private CheckpointException wrong(String problem) {
        return in.wrong(at, problem);
    }
}
