/** What is trained: combinations of prototype kind, teacher target and terms of the loss. */
package org.dinovmf.training.method;
