/** What Daybook costs and how fast it is, each measured by a bench that can be repeated. */
@NullMarked
package io.daybook.bench;

import org.jspecify.annotations.NullMarked;
