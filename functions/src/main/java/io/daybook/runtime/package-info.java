/** What one deployed function runs on: its environment, clients, clock, logs and metrics. */
@NullMarked
package io.daybook.runtime;

import org.jspecify.annotations.NullMarked;
