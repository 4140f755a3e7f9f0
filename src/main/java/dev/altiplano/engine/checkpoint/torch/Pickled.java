package dev.altiplano.engine.checkpoint.torch;

import dev.altiplano.engine.checkpoint.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a checkpoint's pickle may consist of; strings, integers and truth values stand for themselves. */
sealed interface Pickled {

    /** The callables and classes that are known, by full name; everything else is refused. */
    enum Global implements Pickled {
        REBUILD_TENSOR("torch._utils", "_rebuild_tensor_v2"),
        REBUILD_PARAMETER("torch._utils", "_rebuild_parameter"),
        ORDERED_DICT("collections", "OrderedDict"),
        HALF_STORAGE("torch", "HalfStorage"),
        BFLOAT16_STORAGE("torch", "BFloat16Storage"),
        FLOAT_STORAGE("torch", "FloatStorage");

        final String module;
        final String symbol;

        Global(String module, String symbol) {
            this.module = module;
            this.symbol = symbol;
        }
    }

    /** Python's None. */
    enum None implements Pickled {
        NONE
    }

    /** Where a run of values on the stack begins. */
    enum Mark implements Pickled {
        MARK
    }

    /** A value that no weight depends on: it is known to be there, and nothing else is. */
    enum Opaque implements Pickled {
        LIST,
        SET,
        NUMBER,
        BYTES,
        STORAGE,
        TENSOR,
        OBJECT
    }

    /** A class or function that may stand beside weights; using it makes an {@link Opaque#OBJECT} and nothing else. */
    record Inert(String name) implements Pickled {}

    record Tuple(List<Object> items) implements Pickled {}

    /** A dict's entries with string keys, in insertion order; identity is what counts, as its owner may refer to itself. */
    final class Dict implements Pickled {
        final Map<String, Object> items = new LinkedHashMap<>();
    }

    /** A storage by its key in the archive; {@code elements} is checked against the archive. */
    record Storage(TensorType type, String key, long elements) implements Pickled {}

    /** A view of a storage: offset and strides in elements, not yet checked against it. */
    @SuppressWarnings("ArrayRecordComponent")
    record View(Storage storage, long offset, long[] shape, long[] strides) implements Pickled {}
}
