package io.daybook.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import io.daybook.runtime.Deployment;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/** The functions of {@code cloud.yaml}. */
public final class Handlers {

    private Handlers() {}

    /** Answers with the event as it came. */
    public static final class Echo implements RequestStreamHandler {
        @Override
        public void handleRequest(InputStream event, OutputStream answer, Context context) throws IOException {
            event.transferTo(answer);
        }
    }

    /** Has base classes and reads its environment, as the real handlers do. */
    public abstract static class Base<I> implements RequestHandler<I, APIGatewayV2HTTPResponse> {}

    public static final class Answer extends Base<APIGatewayV2HTTPEvent> {
        private final Deployment deployment;

        public Answer() {
            throw new IllegalStateException("the other constructor is for the local cloud");
        }

        Answer(Deployment deployment) {
            this.deployment = deployment;
        }

        @Override
        public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
            return APIGatewayV2HTTPResponse.builder()
                    .withStatusCode(201)
                    .withHeaders(Map.of(
                            "Content-Type",
                            "text/plain",
                            "X-Table",
                            deployment.environment().get("TABLE")))
                    .withCookies(List.of("a=1", "b=2"))
                    .withBody(deployment.environment().get("GREETING") + " " + event.getBody() + " "
                            + context.getInvokedFunctionArn())
                    .build();
        }
    }

    public static final class Sleepy implements RequestHandler<APIGatewayV2HTTPEvent, String> {
        static final CountDownLatch interrupted = new CountDownLatch(1);

        @Override
        public String handleRequest(APIGatewayV2HTTPEvent event, Context context) {
            try {
                Thread.sleep(30_000);
                return "slept";
            } catch (InterruptedException e) {
                interrupted.countDown();
                return "woken";
            }
        }
    }

    public static final class Failing implements RequestHandler<APIGatewayV2HTTPEvent, String> {
        @Override
        public String handleRequest(APIGatewayV2HTTPEvent event, Context context) {
            throw new IllegalStateException("a fault on purpose");
        }
    }

    /** Answers as the test says, and keeps what it got. */
    public static final class Worker implements RequestHandler<SQSEvent, SQSBatchResponse> {
        static final BlockingQueue<SQSEvent.SQSMessage> received = new LinkedBlockingQueue<>();
        static volatile Function<SQSEvent, SQSBatchResponse> answer = event -> null;

        @Override
        public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
            received.addAll(event.getRecords());
            return answer.apply(event);
        }
    }

    public static final class Clock implements RequestHandler<ScheduledEvent, String> {
        static final BlockingQueue<ScheduledEvent> rounds = new LinkedBlockingQueue<>();

        @Override
        public String handleRequest(ScheduledEvent event, Context context) {
            rounds.add(event);
            return event.getDetailType() + " " + event.getSource() + " " + event.getTime();
        }
    }
}
