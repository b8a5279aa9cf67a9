/**
 * The executors of Apache Spark as a cluster that trains candidates. Only this package names Spark,
 * which is not in the program's jar: a cluster has it.
 */
package io.github.cnnevolution.spark;
