/** What every room tells of the invocation that it works for, without knowing who listens. */
@NullMarked
package io.daybook.telemetry;

import org.jspecify.annotations.NullMarked;
