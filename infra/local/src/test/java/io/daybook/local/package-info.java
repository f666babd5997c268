/** Tests of the local cloud itself, with a small template and handlers of its own. */
@NullUnmarked
package io.daybook.local;

import org.jspecify.annotations.NullUnmarked;
