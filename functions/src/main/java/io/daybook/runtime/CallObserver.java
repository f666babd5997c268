package io.daybook.runtime;

import io.daybook.journal.Appender;
import io.daybook.telemetry.Observation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** Has DynamoDB say what each call has consumed, which costs nothing, and tells the invocation that it was made for. */
final class CallObserver implements ExecutionInterceptor {
    private static final ReturnConsumedCapacity TOTAL = ReturnConsumedCapacity.TOTAL;

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        return switch (context.request()) {
            case BatchGetItemRequest get ->
                get.toBuilder().returnConsumedCapacity(TOTAL).build();
            case GetItemRequest get ->
                get.toBuilder().returnConsumedCapacity(TOTAL).build();
            case QueryRequest query ->
                query.toBuilder().returnConsumedCapacity(TOTAL).build();
            case ScanRequest scan ->
                scan.toBuilder().returnConsumedCapacity(TOTAL).build();
            case TransactGetItemsRequest get ->
                get.toBuilder().returnConsumedCapacity(TOTAL).build();
            case TransactWriteItemsRequest append ->
                append.toBuilder().returnConsumedCapacity(TOTAL).build();
            case BatchWriteItemRequest write ->
                write.toBuilder().returnConsumedCapacity(TOTAL).build();
            case PutItemRequest put ->
                put.toBuilder().returnConsumedCapacity(TOTAL).build();
            case UpdateItemRequest update ->
                update.toBuilder().returnConsumedCapacity(TOTAL).build();
            default -> context.request();
        };
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        Observation.current().ifPresent(observation -> {
            switch (context.response()) {
                case BatchGetItemResponse got -> observation.read(units(got.consumedCapacity()));
                case GetItemResponse got -> observation.read(units(got.consumedCapacity()));
                case QueryResponse found -> observation.read(units(found.consumedCapacity()));
                case ScanResponse found -> observation.read(units(found.consumedCapacity()));
                case TransactGetItemsResponse got -> observation.read(units(got.consumedCapacity()));
                case TransactWriteItemsResponse appended -> {
                    observation.appended();
                    observation.wrote(units(appended.consumedCapacity()));
                }
                case BatchWriteItemResponse written -> observation.wrote(units(written.consumedCapacity()));
                case PutItemResponse put -> observation.wrote(units(put.consumedCapacity()));
                case UpdateItemResponse updated -> observation.wrote(units(updated.consumedCapacity()));
                default -> {}
            }
        });
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        if (context.request() instanceof TransactWriteItemsRequest append
                && context.exception() instanceof TransactionCanceledException cancelled) {
            Observation.current()
                    .ifPresent(observation -> observation.contended(Appender.contended(append, cancelled)));
        }
    }

    private static double units(List<ConsumedCapacity> consumed) {
        return consumed.stream().mapToDouble(CallObserver::units).sum();
    }

    private static double units(@Nullable ConsumedCapacity consumed) {
        return consumed == null || consumed.capacityUnits() == null ? 0 : consumed.capacityUnits();
    }
}
