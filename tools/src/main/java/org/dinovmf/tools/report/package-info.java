/** What a training run writes while it goes on: console, metrics and TensorBoard events. */
package org.dinovmf.tools.report;
