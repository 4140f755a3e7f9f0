package dev.altiplano.engine.checkpoint.torch;

import java.util.Map;
import java.util.Set;

/** Names that training scripts leave beside the weights: plain classes and numbers, which are stepped over without being made. */
final class InertGlobals {

    private static final Set<String> PLAIN =
            Set.of("set", "frozenset", "list", "dict", "tuple", "int", "float", "bool", "str", "complex", "bytearray");

    private static final Set<String> TORCH = Set.of(
            "Size",
            "device",
            "DoubleStorage",
            "LongStorage",
            "IntStorage",
            "ShortStorage",
            "CharStorage",
            "ByteStorage",
            "BoolStorage",
            "float16",
            "bfloat16",
            "float32",
            "float64",
            "int8",
            "int16",
            "int32",
            "int64",
            "uint8",
            "bool",
            "half",
            "float",
            "double",
            "long",
            "strided");

    private static final Map<String, Set<String>> NAMES = Map.ofEntries(
            Map.entry("torch", TORCH),
            Map.entry("torch.storage", Set.of("UntypedStorage", "TypedStorage")),
            Map.entry("torch.torch_version", Set.of("TorchVersion")),
            Map.entry("collections", Set.of("defaultdict", "Counter", "deque")),
            Map.entry("builtins", PLAIN),
            Map.entry("__builtin__", PLAIN),
            Map.entry("argparse", Set.of("Namespace")),
            Map.entry("types", Set.of("SimpleNamespace")),
            Map.entry("pathlib", Set.of("PosixPath", "PurePosixPath", "WindowsPath", "Path")),
            Map.entry("datetime", Set.of("datetime", "date", "timedelta")),
            Map.entry("_codecs", Set.of("encode")),
            Map.entry("numpy", Set.of("dtype", "ndarray")),
            Map.entry("numpy.core.multiarray", Set.of("scalar", "_reconstruct")),
            Map.entry("numpy._core.multiarray", Set.of("scalar", "_reconstruct")));

    private InertGlobals() {}

    static boolean contains(String module, String symbol) {
        return NAMES.getOrDefault(module, Set.of()).contains(symbol);
    }
}
