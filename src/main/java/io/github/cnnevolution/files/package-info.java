/**
 * Atomic file replacement, lock files, SHA-256, and descriptions of file errors. Pure Java: imports
 * none of the other packages.
 */
package io.github.cnnevolution.files;
