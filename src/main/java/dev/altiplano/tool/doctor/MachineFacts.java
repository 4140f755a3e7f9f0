package dev.altiplano.tool.doctor;

import dev.altiplano.tool.console.ByteText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The machine and this process's limits, as Linux shows them in files under {@code root}, usually {@code /}: {@code proc} and cgroup v2 or v1.
 */
record MachineFacts(Path root) {

    private static final Set<String> PROCESSOR = Set.of("model name", "flags", "Features");
    private static final Set<String> MEMORY =
            Set.of("MemTotal", "MemAvailable", "AnonHugePages", "HugePages_Total", "Hugepagesize", "SwapTotal");
    private static final List<String> CGROUP = List.of(
            "cpu.max",
            "cpuset.cpus.effective",
            "memory.max",
            "memory.high",
            "memory.current",
            "memory.swap.max",
            "pids.max");
    private static final int MAX_LINES = 1000;

    void machine(Report.Section to) throws IOException {
        to.add("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        to.add("architecture", System.getProperty("os.arch"));
        to.add("processors", Runtime.getRuntime().availableProcessors());
        fields("proc/cpuinfo", PROCESSOR, to);
        fields("proc/meminfo", MEMORY, to);
        file(to, "load", "proc/loadavg");
        file(to, "memory pressure", "proc/pressure/memory");
        var store = Files.getFileStore(Path.of(System.getProperty("java.io.tmpdir")));
        to.add("free for temporary files", ByteText.of(store.getUsableSpace()));
    }

    void limits(Report.Section to) throws IOException {
        for (String name : CGROUP) {
            file(to, name, "sys/fs/cgroup/" + name);
        }
        file(to, "memory.limit_in_bytes (v1)", "sys/fs/cgroup/memory/memory.limit_in_bytes");
        file(to, "cpu.cfs_quota_us (v1)", "sys/fs/cgroup/cpu/cpu.cfs_quota_us");
        file(to, "transparent huge pages", "sys/kernel/mm/transparent_hugepage/enabled");
        file(to, "net.core.somaxconn", "proc/sys/net/core/somaxconn");
        Path limits = root.resolve("proc/self/limits");
        if (Files.isReadable(limits)) {
            for (String line : Files.readAllLines(limits)) {
                if (line.startsWith("Max ")) {
                    String[] words = line.split(" {2,}");
                    to.add(words[0], words.length > 2 ? words[1] + " (hard " + words[2] + ")" : "");
                }
            }
        }
    }

    /** Adds the first line for each of {@code names}. */
    private void fields(String file, Set<String> names, Report.Section to) throws IOException {
        Path path = root.resolve(file);
        if (!Files.isReadable(path)) {
            return;
        }
        Set<String> missing = new HashSet<>(names);
        try (var lines = Files.lines(path)) {
            lines.limit(MAX_LINES).forEach(line -> {
                int colon = line.indexOf(':');
                if (colon > 0 && missing.remove(line.substring(0, colon).strip())) {
                    to.add(
                            line.substring(0, colon).strip(),
                            line.substring(colon + 1).strip());
                }
            });
        }
    }

    private void file(Report.Section to, String name, String file) throws IOException {
        Path path = root.resolve(file);
        if (Files.isReadable(path)) {
            to.add(name, Files.readString(path).strip());
        }
    }
}
