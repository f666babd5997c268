package io.daybook.local;

import org.elasticmq.actor.queue.OperationSuccessful$;
import org.elasticmq.actor.queue.QueueEvent;
import org.elasticmq.persistence.CreateQueueMetadata;
import org.elasticmq.persistence.sql.SqlQueuePersistenceActor;
import org.elasticmq.persistence.sql.SqlQueuePersistenceConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.PartialFunction;
import scala.collection.immutable.List;
import scala.runtime.BoxedUnit;
import scala.util.Left;

/**
 * Writes what happens to the queues into their file. H2 closes the file at the first write that the disk refuses, and
 * ElasticMQ would then answer nobody any more; so the queues go on in memory. Nothing depends on their file: what a
 * restart finds in it once more changes nothing, and what it does not find the outbox publishes again.
 */
public final class QueueStore extends SqlQueuePersistenceActor {

    private static final Logger LOG = LoggerFactory.getLogger(QueueStore.class);

    private boolean writable = true;

    /** Made by Pekko, which needs a public constructor. */
    public QueueStore(SqlQueuePersistenceConfig file, List<CreateQueueMetadata> queues) {
        super(file, queues);
    }

    @Override
    public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object message) {
        try {
            if (writable || message instanceof QueueEvent.Restore) {
                super.aroundReceive(receive, message);
                return;
            }
        } catch (Exception e) {
            // Scala declares no exceptions; most of these are H2's.
            if (message instanceof QueueEvent.Restore) {
                sender().tell(Left.apply(e), self());
                return;
            }
            writable = false;
            LOG.error(
                    "The queues can't be written to their file and are kept in memory until the next start; is the disk full? ({})",
                    e.getMessage());
        }
        sender().tell(OperationSuccessful$.MODULE$, self());
    }
}
