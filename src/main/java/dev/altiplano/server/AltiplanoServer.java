package dev.altiplano.server;

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

/** The Spring application. It stands here because Spring searches the packages below it at every start, and the engine has nothing to find. */
@SpringBootApplication(
        proxyBeanMethods = false,
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
public final class AltiplanoServer {
    /** Serves until the process is told to stop. Returns as soon as the server listens. */
    public static void run(String[] arguments) {
        SpringApplication application = new SpringApplication(AltiplanoServer.class);
        application.setDefaultProperties(besideTheJar());
        application.run(arguments);
    }

    /** Has settings read from a file beside the jar too, wherever the service is started from. */
    private static Map<String, Object> besideTheJar() {
        File jar = new ApplicationHome(AltiplanoServer.class).getSource();
        return jar == null || !jar.isFile()
                ? Map.of()
                : Map.of(
                        "spring.config.additional-location",
                        "optional:" + jar.getParentFile().toURI());
    }
}
