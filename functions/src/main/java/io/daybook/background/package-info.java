/** What no caller waits for: the functions that queues and schedules trigger. */
@NullMarked
package io.daybook.background;

import org.jspecify.annotations.NullMarked;
