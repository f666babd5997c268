package io.daybook.local;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** {@code ./daybook local}: runs the local cloud until it is told to stop. */
public final class Main {

    private static final String USAGE = """
            usage: ./daybook local [--port P] [--data DIR | --memory] [--trace] [--services-only]
              --port P          answer on port P of this machine (8080)
              --data DIR        keep tables and queues in DIR (.daybook)
              --memory          keep nothing
              --trace           print each transaction's way, with times, once its views are written
              --services-only   no HTTP API: the SAM CLI runs its functions, with the environment in .aws-sam/env.json""";

    /** Where the SAM CLI keeps its own files. */
    private static final Path ENVIRONMENT = Path.of(".aws-sam", "env.json");

    private static final Duration LONGEST_END = Duration.ofMillis(3500);

    private Main() {}

    private record Arguments(LocalCloud.Options options, boolean readable, boolean trace) {}

    /** Starts, says where, and waits for a signal. */
    public static void main(String[] args) throws InterruptedException {
        // It would stop before the functions have said their last.
        System.setProperty("log4j2.shutdownHookEnabled", "false");
        try {
            var arguments = parse(List.of(args));
            var console = arguments.readable() ? System.out : System.err;
            if (arguments.readable()) {
                ReadableLogs.install();
            }
            var metrics = new LocalMetrics();
            metrics.install();
            var traces = new Traces();
            if (arguments.trace()) {
                traces.listen(trace -> console.print(Traces.tree(trace)));
            }
            var cloud = LocalCloud.start(arguments.options());
            cloud.show(metrics, traces);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cloud)));
            if (arguments.options().routes()) {
                welcome(console, cloud, arguments.options().data());
            } else {
                hand(console, cloud);
            }
        } catch (StartException e) {
            System.err.println(e.getMessage());
            // DynamoDB Local's threads would keep the JVM alive.
            System.exit(1);
        } catch (IOException | RuntimeException e) {
            e.printStackTrace();
            System.exit(1);
        }
        new CountDownLatch(1).await();
    }

    /** Ends what is under way, but not for longer than anybody waits: what a kill would leave is safe as well. */
    private static void end(LocalCloud cloud) {
        var closing = Thread.ofPlatform().daemon().start(cloud::close);
        try {
            if (!closing.join(LONGEST_END)) {
                System.err.println("Something is still at work and is broken off.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Arguments parse(List<String> args) {
        var rest = new ArrayDeque<>(args);
        var template = Path.of("template.yaml");
        var data = Optional.of(Path.of(".daybook"));
        int port = 8080;
        boolean readable = false;
        boolean routes = true;
        boolean trace = false;
        while (!rest.isEmpty()) {
            var option = rest.pop();
            switch (option) {
                case "--port" -> port = port(value(option, rest));
                case "--data" -> data = Optional.of(Path.of(value(option, rest)));
                case "--memory" -> data = Optional.empty();
                case "--template" -> template = Path.of(value(option, rest));
                case "--readable" -> readable = true;
                case "--trace" -> trace = true;
                case "--services-only" -> routes = false;
                default -> throw new StartException("There is no option " + option + ".\n" + USAGE);
            }
        }
        var options = LocalCloud.Options.of(template).port(port);
        if (trace && port == 0) {
            throw new StartException("--trace needs a port that is known beforehand.");
        }
        if (trace) {
            options = options.parameters(Map.of("OtlpEndpoint", "http://127.0.0.1:" + port + "/local"));
        }
        var kept = data.isPresent() ? options.data(data.get()) : options;
        return new Arguments(routes ? kept : kept.withoutRoutes(), readable, trace);
    }

    private static String value(String option, ArrayDeque<String> rest) {
        if (rest.isEmpty()) {
            throw new StartException(option + " needs a value.\n" + USAGE);
        }
        return rest.pop();
    }

    private static int port(String text) {
        if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65_535) {
            return Integer.parseInt(text);
        }
        throw new StartException(text + " is no port; a port is a number up to 65535.");
    }

    /** Writes down for the SAM CLI what each function's environment is here. */
    private static void hand(PrintStream console, LocalCloud cloud) throws IOException {
        var environments = new TreeMap<String, Map<String, String>>();
        cloud.functions().forEach(function -> environments.put(function, cloud.environment(function)));
        Files.createDirectories(ENVIRONMENT.toAbsolutePath().getParent());
        Files.write(
                ENVIRONMENT, new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(environments));
        console.printf("""

                Tables and queues are here, and what queues and schedules trigger; the HTTP API is not.

                  sam local invoke OpenAccount --event events/OpenAccount.json --env-vars %1$s --docker-network host
                  sam local start-api --env-vars %1$s --docker-network host

                """, ENVIRONMENT);
        console.flush();
    }

    private static void welcome(PrintStream console, LocalCloud cloud, Optional<Path> data) {
        console.printf(
                """

                Daybook answers on %1$s
                What is going on: %1$s/
                Data: %2$s

                Open two accounts:
                  curl -w '\\n' -X PUT %1$s/v1/ledgers/main/accounts/cash -H content-type:application/json -d '{"asset":"USD/2","type":"asset","minimum":null}' --next -w '\\n' -X PUT %1$s/v1/ledgers/main/accounts/users:alice -H content-type:application/json -d '{"asset":"USD/2","type":"liability"}'
                Post a transaction:
                  curl -w '\\n' %1$s/v1/ledgers/main/transactions -H content-type:application/json -H idempotency-key:first -d '{"postings":[{"debit":"cash","credit":"users:alice","amount":"1250"}]}'
                Read a balance:
                  curl -w '\\n' %1$s/v1/ledgers/main/accounts/users:alice

                """,
                cloud.uri(),
                data.map(folder -> folder.toAbsolutePath().normalize().toString())
                        .orElse("in memory, gone at the end"));
        console.flush();
    }
}
