/** The local cloud: what {@code template.yaml} declares, run on this machine. */
@NullMarked
package io.daybook.local;

import org.jspecify.annotations.NullMarked;
