/** The optimizer; its state is explicit and it never scans a graph for variables. */
package org.dinovmf.training.optimizer;
