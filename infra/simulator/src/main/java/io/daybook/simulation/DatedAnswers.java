package io.daybook.simulation;

import io.daybook.runtime.LedgerClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;

/** DynamoDB as one machine's client has it: every answer carries the date, by which the machine's clock is kept right. */
final class DatedAnswers {
    private DatedAnswers() {}

    static DynamoDbClient of(DynamoDbClient real, Network network, Scheduler scheduler, LedgerClock clock) {
        return (DynamoDbClient) Proxy.newProxyInstance(
                DynamoDbClient.class.getClassLoader(), new Class<?>[] {DynamoDbClient.class}, (proxy, method, args) -> {
                    try {
                        var answer = method.invoke(real, args);
                        answered(clock, scheduler.isForeign() ? scheduler.now() : network.answerSentAt());
                        return answer;
                    } catch (InvocationTargetException e) {
                        if (e.getCause() instanceof AwsServiceException) {
                            answered(clock, scheduler.now());
                        }
                        throw e.getCause();
                    }
                });
    }

    private static void answered(LedgerClock clock, long sentAt) {
        var date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                MachineClock.BEGINNING.plus(sentAt, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
        clock.afterTransmission(
                InterceptorContext.builder()
                        .request(GetItemRequest.builder().build())
                        .httpResponse(SdkHttpResponse.builder()
                                .statusCode(200)
                                .putHeader("Date", date)
                                .build())
                        .build(),
                new ExecutionAttributes());
    }
}
