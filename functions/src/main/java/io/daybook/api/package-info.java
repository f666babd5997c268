/**
 * The HTTP API: one handler class for each route. The only package that knows API Gateway's types, JSON of requests and
 * answers, and problems.
 */
@NullMarked
package io.daybook.api;

import org.jspecify.annotations.NullMarked;
