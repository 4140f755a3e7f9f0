package dev.altiplano;

import dev.altiplano.engine.os.ThreadPriorities;
import dev.altiplano.tool.Commands;
import java.io.File;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.info.ProjectInfoAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.task.TaskExecutorMetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration;
import org.springframework.boot.system.ApplicationHome;

/**
 * Starts the service, or runs a command if the first argument names one. What changes the process as a whole, such as the priorities
 * of its threads, is done here and nowhere else.
 */
@SpringBootApplication(
        scanBasePackages = "dev.altiplano.server",
        // Nothing here asks for these, and each would take its part of the start.
        exclude = {
            AopAutoConfiguration.class,
            MultipartAutoConfiguration.class,
            ProjectInfoAutoConfiguration.class,
            ScheduledTasksObservationAutoConfiguration.class,
            TaskExecutionAutoConfiguration.class,
            TaskExecutorMetricsAutoConfiguration.class,
            TaskSchedulingAutoConfiguration.class
        })
public class Altiplano {
    public static void main(String[] arguments) {
        if (Commands.isCommand(arguments)) {
            System.exit(Commands.run(arguments));
        }
        Thread.ofPlatform().name("altiplano-niceness").daemon().start(ThreadPriorities::letOptimisersStandBack);
        SpringApplication application = new SpringApplication(Altiplano.class);
        application.setDefaultProperties(besideTheJar());
        application.run(arguments);
    }

    /** Has settings read from a file beside the jar too, wherever the service is started from. */
    private static Map<String, Object> besideTheJar() {
        File jar = new ApplicationHome(Altiplano.class).getSource();
        return jar == null || !jar.isFile()
                ? Map.of()
                : Map.of(
                        "spring.config.additional-location",
                        "optional:" + jar.getParentFile().toURI());
    }
}
