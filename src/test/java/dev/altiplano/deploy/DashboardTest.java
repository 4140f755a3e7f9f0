package dev.altiplano.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The dashboard as a file: what Grafana would stumble over. */
class DashboardTest {

    @Test
    void panelsAreDistinctAndInsideTheGrid() {
        Set<Object> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (Map<String, Object> panel : Tree.maps(Dashboard.tree(), "panels")) {
            assertThat(ids.add(panel.get("id")))
                    .as("id of %s", panel.get("title"))
                    .isTrue();
            long x = Tree.number(panel, "gridPos.x");
            long y = Tree.number(panel, "gridPos.y");
            long w = Tree.number(panel, "gridPos.w");
            long h = Tree.number(panel, "gridPos.h");
            assertThat(x + w).isLessThanOrEqualTo(24);
            for (long i = x; i < x + w; i++) {
                for (long j = y; j < y + h; j++) {
                    assertThat(cells.add(i + "," + j))
                            .as("%s lies over another panel", panel.get("title"))
                            .isTrue();
                }
            }
        }
    }

    @Test
    void everyPanelSaysWhatItShowsAndAsksTheChosenSource() {
        for (Map<String, Object> panel : Tree.maps(Dashboard.tree(), "panels")) {
            if ("row".equals(panel.get("type"))) {
                continue;
            }
            assertThat(Tree.text(panel, "description"))
                    .as("%s", panel.get("title"))
                    .endsWith(".");
            assertThat(Tree.text(panel, "datasource.uid")).isEqualTo("${datasource}");
            assertThat(Tree.maps(panel, "targets")).isNotEmpty().allSatisfy(target -> {
                assertThat(Tree.text(target, "datasource.uid")).isEqualTo("${datasource}");
                assertThat(Tree.text(target, "expr"))
                        .contains("namespace=~\"$namespace\", job=~\"$job\", instance=~\"$instance\"");
            });
        }
        assertThat(Dashboard.queries()).hasSizeGreaterThan(25);
    }

    /** Most metrics do not name the model: it is chosen by its instances, so all of them means those of the chosen models. */
    @Test
    void aVariableChoosesAmongWhatTheOnesBeforeItLeave() {
        List<Map<String, Object>> variables = Tree.maps(Dashboard.tree(), "templating.list");
        assertThat(variables)
                .extracting(variable -> variable.get("name"))
                .containsExactly("datasource", "namespace", "job", "model", "instance");
        Map<String, Object> instance = variables.getLast();
        assertThat(Tree.text(instance, "query.query"))
                .contains("namespace=~\"$namespace\"", "job=~\"$job\"", "model_name=~\"$model\"");
        assertThat(instance).doesNotContainKey("allValue");
    }

    @Test
    void theComposeFileMountsWhatItsNeighboursHold() {
        Map<String, Object> compose =
                Chart.Values.of(java.nio.file.Path.of("docker/compose.yaml")).tree();
        for (Object service : Tree.map(compose.get("services")).values()) {
            if (Tree.at(service, "volumes") instanceof List<?> volumes) {
                for (Object volume : volumes) {
                    String source = volume.toString().split(":")[0];
                    if (source.startsWith(".")) {
                        assertThat(java.nio.file.Path.of("docker").resolve(source))
                                .exists();
                    }
                }
            }
        }
        assertThat(Tree.text(compose, "services.altiplano.image"))
                .endsWith(":"
                        + Chart.Values.of(Chart.FOLDER.resolve("Chart.yaml"))
                                .tree()
                                .get("version"));
    }
}
