/** Text that does not depend on the locale of the machine. */
package io.github.cnnevolution.text;
