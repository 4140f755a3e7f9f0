package dev.altiplano.tool.doctor;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryManagerMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The settings of a service that would be started here: Java's flags, variables of the environment that it reads, and files beside it.
 *
 * @param environment the process's variables
 * @param folder where settings files may lie
 */
record SettingFacts(Map<String, String> environment, Path folder) {

    private static final Pattern READ = Pattern.compile(
            "(?i)(ALTIPLANO|SPRING|SERVER|MANAGEMENT|LOGGING|JAVA|JDK|HF|AWS|MALLOC)_.*|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_FILE");
    private static final List<String> FILES = List.of("application.yaml", "application.yml", "config/application.yaml");

    void java(Report.Section to) {
        var runtime = ManagementFactory.getRuntimeMXBean();
        to.add("version", runtime.getVmVendor() + " " + Runtime.version());
        to.add("flags", String.join(" ", runtime.getInputArguments()));
        to.add("maximum heap", Runtime.getRuntime().maxMemory() + " bytes");
        to.add(
                "modules",
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? "jdk.incubator.vector" : "");
        to.add(
                "collectors",
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(MemoryManagerMXBean::getName)
                        .collect(Collectors.joining(", ")));
    }

    void settings(Report.Section to) throws IOException {
        new TreeMap<>(environment).forEach((name, value) -> {
            if (READ.matcher(name).matches()) {
                to.setting(name, value);
            }
        });
        for (String name : FILES) {
            Path file = folder.resolve(name);
            if (Files.isReadable(file)) {
                for (Object tree : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(Files.readString(file))) {
                    flatten(name + ": ", tree, to);
                }
            }
        }
    }

    private static void flatten(String name, Object tree, Report.Section to) {
        if (tree instanceof Map<?, ?> map) {
            map.forEach((key, value) ->
                    flatten(name + (name.endsWith(" ") ? "" : ".") + key, value == null ? "" : value, to));
        } else {
            to.setting(name, String.valueOf(tree));
        }
    }
}
