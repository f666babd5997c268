/** The contract, sentence by sentence, asked of the whole server over HTTP. */
@NullMarked
package io.daybook.contract;

import org.jspecify.annotations.NullMarked;
