/** What changes from step to step, as pure functions of the step. */
package org.dinovmf.training.schedule;
