package io.daybook.local;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.pattern.Patterns;
import org.elasticmq.StrictSQSLimits$;
import org.elasticmq.actor.QueueManagerActor;
import org.elasticmq.actor.queue.QueueEvent;
import org.elasticmq.persistence.sql.DB;
import org.elasticmq.persistence.sql.SqlQueuePersistenceConfig;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import org.elasticmq.rest.sqs.TheSQSRestServerBuilder;
import org.elasticmq.util.NowProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.collection.immutable.Nil$;
import scala.util.Left;
import scalikejdbc.ConnectionPool;

/** ElasticMQ in this JVM, with its queues in an H2 file. */
final class ElasticMq implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ElasticMq.class);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Config CONFIGURATION = ConfigFactory.parseMap(Map.of(
            "pekko.loglevel", "WARNING",
            "pekko.daemonic", "on",
            "pekko.jvm-shutdown-hooks", "off",
            "pekko.http.server.max-connections", "4096"));

    /** ElasticMQ has one connection pool in a JVM, so that only one cloud of it can keep its queues. */
    private static final AtomicBoolean POOL_IN_USE = new AtomicBoolean();

    private final ActorSystem system;
    private final SQSRestServer server;
    private final boolean kept;
    private final URI endpoint;

    private ElasticMq(ActorSystem system, SQSRestServer server, boolean kept) {
        this.system = system;
        this.server = server;
        this.kept = kept;
        this.endpoint = URI.create(
                "http://127.0.0.1:" + server.waitUntilStarted().localAddress().getPort());
    }

    /** Starts on a free port of the loopback interface, and keeps nothing. */
    static ElasticMq inMemory() {
        var system = actorSystem();
        return new ElasticMq(system, builder(system).start(), false);
    }

    /**
     * Starts on a free port of the loopback interface, with its files in this folder. Queues that can't be restored
     * are set aside: the outbox publishes again what was in them.
     */
    static ElasticMq in(Path folder) {
        if (!POOL_IN_USE.compareAndSet(false, true)) {
            throw new StartException("Only one cloud of a JVM can keep its queues in a data folder.");
        }
        try {
            Files.createDirectories(folder);
            try {
                return restored(folder);
            } catch (Exception e) {
                LOG.warn(
                        "The queues could not be restored and start empty; what was in them lies in {}",
                        setAside(folder),
                        e);
                return restored(folder);
            }
        } catch (Exception e) {
            POOL_IN_USE.set(false);
            throw new StartException("ElasticMQ doesn't start: " + e.getMessage(), e);
        }
    }

    private static ElasticMq restored(Path folder) throws Exception {
        // A torn file shows here at once; the actor would only fall silent.
        DriverManager.getConnection(url(folder)).close();
        openPool(folder);
        var system = actorSystem();
        try {
            var store = system.actorOf(Props.create(QueueStore.class, store(folder), Nil$.MODULE$));
            var queues = system.actorOf(Props.create(
                    QueueManagerActor.class, new NowProvider(), StrictSQSLimits$.MODULE$, Option.apply(store)));
            var restored = Patterns.ask(store, new QueueEvent.Restore(queues), LIMIT)
                    .toCompletableFuture()
                    .get();
            if (restored instanceof Left<?, ?> failed) {
                throw new IOException(failed.value().toString());
            }
            return new ElasticMq(
                    system,
                    builder(system)
                            .withQueueManagerActor(queues)
                            .withQueueEventListener(store)
                            .start(),
                    true);
        } catch (Exception e) {
            terminate(system);
            closePool();
            throw e;
        }
    }

    /** ElasticMQ itself does so once in the life of a JVM, and would keep to the first folder for ever. */
    private static void openPool(Path folder) {
        DB.initializeSingleton(store(folder));
        var url = url(folder);
        var settings = ConnectionPool.singleton$default$4();
        ConnectionPool.singleton(url, "", "", settings, ConnectionPool.singleton$default$5(url, "", "", settings));
    }

    private static SqlQueuePersistenceConfig store(Path folder) {
        return new SqlQueuePersistenceConfig(true, "org.h2.Driver", url(folder), "", "", false);
    }

    private static TheSQSRestServerBuilder builder(ActorSystem system) {
        return SQSRestServerBuilder.withActorSystem(system)
                .withInterface("127.0.0.1")
                .withDynamicPort()
                .withAWSRegion(Stack.REGION)
                .withAWSAccountId(Stack.ACCOUNT);
    }

    private static ActorSystem actorSystem() {
        return ActorSystem.create("elasticmq", CONFIGURATION.withFallback(ConfigFactory.load()));
    }

    // H2 must not close itself when the JVM ends: messages are still being written then.
    private static String url(Path folder) {
        return "jdbc:h2:" + folder.toAbsolutePath().resolve("queues") + ";DB_CLOSE_ON_EXIT=FALSE";
    }

    private static Path setAside(Path folder) throws IOException {
        var aside = folder.resolveSibling(
                folder.getFileName() + ".unreadable-" + Instant.now().toEpochMilli());
        return Files.move(folder, aside);
    }

    URI endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        server.stopAndWait();
        terminate(system);
        if (kept) {
            closePool();
            POOL_IN_USE.set(false);
        }
    }

    /** The last connection that closes closes the file. */
    private static void closePool() {
        ConnectionPool.closeAll();
    }

    private static void terminate(ActorSystem system) {
        system.terminate();
        try {
            system.getWhenTerminated().toCompletableFuture().get(3, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("ElasticMQ does not stop", e);
        }
    }
}
