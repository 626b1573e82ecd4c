/** Data, losses, optimizer, schedules, checkpoints and the training loop. */
package org.dinovmf.training;
