package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The compose file, examined without a container engine: what it mounts is there, and what it runs is as guarded as in a cluster. */
class ComposeTest {

    private static final Path FILE = Path.of("docker/compose.yaml");

    private final Map<String, Object> services =
            Tree.map(Chart.Values.of(FILE).tree().get("services"));

    @Test
    void everyFileThatIsMountedIsThere() {
        int files = 0;
        for (Object service : services.values()) {
            for (Object volume : (List<?>) Tree.map(service).get("volumes")) {
                String source = volume.toString().split(":")[0];
                if (source.startsWith(".")) {
                    assertThat(FILE.resolveSibling(source)).isRegularFile();
                    assertThat(volume.toString()).endsWith(":ro");
                    files++;
                }
            }
        }
        assertThat(files).isGreaterThanOrEqualTo(5);
    }

    @Test
    void theServiceHasNoRootAndTimeToDrain() {
        Map<String, Object> altiplano = Tree.map(services.get("altiplano"));
        assertThat(altiplano)
                .containsEntry("read_only", true)
                .containsEntry("cap_drop", List.of("ALL"))
                .containsEntry("security_opt", List.of("no-new-privileges:true"));
        Map<String, Object> manual =
                Chart.Values.of(Path.of("src/main/resources/application.yaml")).tree();
        String drain = Tree.text(manual, "spring.lifecycle.timeout-per-shutdown-phase");
        assertThat(seconds(altiplano.get("stop_grace_period"))).isGreaterThan(seconds(drain));
    }

    @Test
    void portsAreThisMachinesOnly() {
        for (Object service : services.values()) {
            assertThat((List<?>) Tree.map(service).get("ports"))
                    .allMatch(port -> port.toString().startsWith("127.0.0.1:"));
        }
    }

    private static int seconds(Object duration) {
        return Integer.parseInt(duration.toString().replaceAll("s$", ""));
    }
}
