/** What the contract promises when calls race, answers are lost, messages go astray and machines die. */
@NullMarked
package io.daybook.faults;

import org.jspecify.annotations.NullMarked;
