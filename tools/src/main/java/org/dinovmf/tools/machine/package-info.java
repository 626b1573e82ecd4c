/** What this machine has: processor, container, libraries for GPUs. */
package org.dinovmf.tools.machine;
