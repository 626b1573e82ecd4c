/** What is trained: combinations of prototype kind, center and temperature. */
package org.dinovmf.training.method;
